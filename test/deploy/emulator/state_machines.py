"""Step Functions: time limits that are read from the input, and the roles by which functions are invoked."""
import contextvars

from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc, stepfunctions

from bridge import bridges
from permissions import allows

machine_role = contextvars.ContextVar("machine_role", default=None)
task_role = contextvars.ContextVar("task_role", default=None)


@bridges("Step Functions: a task invokes only what the role of its state machine allows",
         stepfunctions, "_run_execution")
def run_execution(original, execution_arn):
    execution = stepfunctions._executions.get(execution_arn)
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) if execution else None
    if machine:
        machine_role.set(machine["roleArn"])
    return original(execution_arn)


@bridges("Step Functions: TimeoutSecondsPath is read", stepfunctions, "_execute_task")
def execute_task(original, state, raw_input, execution, context):
    task_role.set(state.get("Credentials", {}).get("RoleArn"))
    path = state.get("TimeoutSecondsPath")
    if path:
        seconds = stepfunctions._resolve_path_or_ctx(path, raw_input, context)
        if not isinstance(seconds, int) or seconds <= 0:
            raise stepfunctions._ExecutionError("States.Runtime", f"{path} must lead to a positive integer, not {seconds!r}")
        state = {**state, "TimeoutSeconds": seconds}
    return original(state, raw_input, execution, context)


@bridges("Step Functions: a task with Credentials runs with their role, which the role of the state machine must be allowed to assume",
         stepfunctions, "_call_lambda")
def call_lambda(original, reference, event):
    own, other = machine_role.get(), task_role.get()
    if own is None:
        return original(reference, event)
    if other is not None and not allows(own, "sts:AssumeRole", other):
        raise denied(own, "sts:AssumeRole", other)
    _, configuration, _ = lambda_svc._get_func_record_for_ref(reference)
    named = f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:{reference.rsplit(':', 1)[-1]}"
    arn = configuration["FunctionArn"] if configuration else named
    if not allows(other or own, "lambda:InvokeFunction", arn):
        raise denied(other or own, "lambda:InvokeFunction", arn)
    return original(reference, event)


def denied(role, action, resource):
    says = f"User: {role} is not authorized to perform: {action} on resource: {resource}"
    return stepfunctions._ExecutionError("Lambda.AWSLambdaException", says)
