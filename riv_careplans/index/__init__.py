"""The engagement index: who has something about whom. Update, FindContent and ProcessNotification 1.0."""

__all__: list[str] = []
