"""Where in the tree of modules an error arose: a note on the error, as in

    in features.2 of Net: Linear(in_features=784, out_features=10, bias=True)

PyTorch's message names the shapes only and leaves the search to the reader. Modules do not know
their own names, the tree above them does: so each module that an error leaves puts its part of
the path before what those below it have found. That costs nothing until an error is raised.
"""


class Place:
    """The module `origin`, in which an error arose, at `path` below the module `reached`."""

    def __init__(self, origin, reached, path):
        self.origin = origin
        self.reached = reached
        self.path = path
        is_leaf = next(origin.children(), None) is None
        where = f"{path} of {reached._get_name()}: " if path else ""
        self.note = f"in {where}{origin if is_leaf else origin._get_name()}"


def note_place(error, module):
    """Note on `error`, which is leaving the call of `module`, the path to where it arose."""
    below = getattr(error, "_place", None)
    if below is None:
        place = Place(module, module, "")
    else:
        path = path_to(below.reached, module)
        if path is None:  # called from here, but no part of this tree
            return
        place = Place(below.origin, module, f"{path}.{below.path}".strip("."))
        error.__notes__.remove(below.note)
    error._place = place
    error.add_note(place.note)


def path_to(inner, outer):
    """The dotted path of the module `inner` below `outer`, None if it is not there."""
    return next((path for path, module in outer.named_modules() if module is inner), None)
