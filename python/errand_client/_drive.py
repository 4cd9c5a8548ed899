"""
How each method exists once and works in both clients.

A method is written as a coroutine that awaits only the `Io` of its client. Behind `AsyncErrand`, that is asyncio. Behind
`Errand`, the `Io` blocks and never suspends: one `send` runs the coroutine to its end (docs/decisions/0050).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

P = ParamSpec("P")
T = TypeVar("T")


class Blocking:
    """Marks the objects of `Errand`: their methods return when the work is done."""


class Suspending:
    """Marks the objects of `AsyncErrand`: their methods are awaited."""


class verb(Generic[P, T]):
    """A method that blocks on a `Blocking` object and returns a coroutine on a `Suspending` one."""

    def __init__(self, steps: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]) -> None:
        self.steps = steps
        self.__doc__ = steps.__doc__

    @overload
    def __get__(self, instance: Blocking, owner: Any = None) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Suspending, owner: Any = None) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(
        self, instance: None, owner: Any = None
    ) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if not isinstance(instance, Blocking):
            return self.steps.__get__(instance, owner)

        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            return run(self.steps(instance, *args, **kwargs))

        return update_wrapper(call, self.steps)


class stream(Generic[P, T]):
    """Like `verb`, for an asynchronous generator: an iterator on a `Blocking` object."""

    def __init__(self, steps: Callable[Concatenate[Any, P], AsyncGenerator[T, None]]) -> None:
        self.steps = steps
        self.__doc__ = steps.__doc__

    @overload
    def __get__(self, instance: Blocking, owner: Any = None) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, instance: Suspending, owner: Any = None) -> Callable[P, AsyncIterator[T]]: ...
    @overload
    def __get__(self, instance: None, owner: Any = None) -> Callable[Concatenate[Any, P], AsyncIterator[T]]: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if not isinstance(instance, Blocking):
            return self.steps.__get__(instance, owner)

        def call(*args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
            return iterate(self.steps(instance, *args, **kwargs))

        return update_wrapper(call, self.steps)


def run(steps: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine that never suspends. Raises what it raises."""
    try:
        steps.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    steps.close()
    raise RuntimeError("Errand was given an asynchronous function: use AsyncErrand")


def iterate(items: AsyncGenerator[T, None]) -> Iterator[T]:
    async def following() -> T:
        return await items.__anext__()

    try:
        while True:
            try:
                item = run(following())
            except StopAsyncIteration:
                return
            yield item
    finally:
        run(items.aclose())
