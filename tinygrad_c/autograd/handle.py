"""The handle of a hook: on a tensor, a module or an optimizer."""

import itertools

hook_numbers = itertools.count()


class RemovableHandle:
    """What registering a hook returns: ``remove()`` takes the hook away."""

    def __init__(self, hooks, hook):
        self.hooks = hooks
        self.id = next(hook_numbers)
        hooks[self.id] = hook

    def remove(self):
        """Take the hook away."""
        self.hooks.pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.remove()
