"""Adds to the emulator what it lacks: replaces one function of it, and keeps the reason for the report."""
import functools

gaps = []


def bridges(lack, module, name):
    """
    Replaces `module.name` by the decorated function, whose first argument is the original function. `lack` describes what
    the emulator does without it. Raises AttributeError when another version of the emulator has no such function.
    """
    original = getattr(module, name)

    def decorate(function):
        @functools.wraps(original)
        def bridged(*arguments, **named):
            return function(original, *arguments, **named)

        setattr(module, name, bridged)
        note(lack)
        return bridged

    return decorate


def note(lack):
    """Adds a line to the report of what the emulator lacks; the same line once."""
    if lack not in gaps:
        gaps.append(lack)
