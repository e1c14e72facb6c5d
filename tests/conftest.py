from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine breaks no test
settings.load_profile("untimed")
