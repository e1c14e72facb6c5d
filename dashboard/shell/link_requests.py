"""Settings in a link that cannot be applied."""

from collections.abc import Mapping

from dashboard.settings import VIEW_CHOICES
from experiments.config import SETTINGS, parse_field
from experiments.setting_kinds import Values


def unmet_requests(requested: Mapping[str, str], values: Values) -> list[str]:
    """Say which settings of the link could not be applied; a text field shows its own error."""
    unknown = sorted(requested.keys() - SETTINGS.keys() - VIEW_CHOICES.keys())
    names = ", ".join(f"'{name[:40]}'" for name in unknown[:5])
    notices = [f"The link asks for settings that do not exist: {names}."] if unknown else []
    for name, choices in VIEW_CHOICES.items():
        if choices and requested.get(name, choices[0]) not in choices:
            asked = f"The link asks for {name.replace('_', ' ')} '{requested[name][:40]}'."
            notices.append(f"{asked} Choose one of: {', '.join(choices)}.")
    for field in sorted(requested.keys() & values.keys() - {"hidden_layers"}):
        asked, used = requested[field], values[field]
        try:
            understood = parse_field(field, asked)
            reason = "" if understood == used else "That is not a choice here."
        except ValueError as error:
            reason = str(error)
        if reason:
            name = field.replace("_", " ")
            notices.append(f"The link asks for {name} '{asked[:40]}'. {reason} Used: {used}.")
    return notices
