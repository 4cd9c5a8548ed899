"""Calls that a type checker must refuse: it warns of each comment that hides no error. It is never run."""
from errand.models import LambdaDispatcher, ServiceDefinition, Submission

Submission(service=42)  # type: ignore[arg-type]
Submission(service="echo", parameter={})  # type: ignore[call-arg]
Submission(service="echo", priority="high")  # type: ignore[arg-type]
Submission(service="echo", tags="one")  # type: ignore[arg-type]
ServiceDefinition(dispatcher=LambdaDispatcher(kind="lambda", function_name="echo"))  # type: ignore[call-arg]
LambdaDispatcher(kind="lambda")  # type: ignore[call-arg]
