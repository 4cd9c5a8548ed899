"""CloudFormation's resource types of AWS Batch."""
import json
import uuid

from ministack.core.responses import get_account_id, get_region
from ministack.services import batch
from ministack.services.cloudformation import provisioners

from batch_jobs import MODEL, faults, serves
from bridge import note

note("CloudFormation: the resource types of AWS Batch")

# The members below these are named by the author of the template, not by the API.
FREE = ("Options", "Tags", "Parameters")
create_queue = batch._DISPATCH["/v1/createjobqueue"]
serves("CreateComputeEnvironment")(batch._DISPATCH["/v1/createcomputeenvironment"])


@serves("CreateJobQueue")
def create_job_queue(request):
    response = create_queue(request)
    queue = batch._job_queues.get(request["jobQueueName"])
    if queue is not None and "schedulingPolicyArn" in request:
        queue["schedulingPolicyArn"] = request["schedulingPolicyArn"]
    return response


def as_request(value):
    """The properties of a template as the API names them, which starts each name with a lower-case letter."""
    if isinstance(value, list):
        return [as_request(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {key[0].lower() + key[1:]: one if key in FREE else as_request(one) for key, one in value.items()}


def typed(value, shape):
    """CloudFormation also accepts numbers and booleans as text."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return {key: typed(one, shape.members[key]) if key in shape.members else one for key, one in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [typed(one, shape.member) for one in value]
    if shape.type_name in ("integer", "long") and isinstance(value, str):
        return int(value)
    return value == "true" if shape.type_name == "boolean" and isinstance(value, str) else value


def call(operation, request):
    """Calls an operation as a stack does. Raises ValueError with the error of Batch when it refuses."""
    shape = MODEL.operation_model(operation).input_shape
    status, _, body = batch._DISPATCH[f"/v1/{operation.lower()}"](typed(request, shape))
    if status != 200:
        raise ValueError(f"{operation}: {body.decode()}")
    return json.loads(body)


def name_of(resource, properties, member):
    logical_id, stack = resource
    return properties.get(member) or f"{stack}-{logical_id}-{uuid.uuid4().hex[:12]}"


def create_environment(logical_id, properties, stack):
    request = as_request({key: one for key, one in properties.items() if key not in ("ReplaceComputeEnvironment", "UpdatePolicy")})
    # A member of updates alone: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResourceUpdate.html
    request["computeResources"].pop("updateToLatestImageVersion", None)
    name = name_of((logical_id, stack), properties, "ComputeEnvironmentName")
    response = call("CreateComputeEnvironment", {**request, "computeEnvironmentName": name, "type": properties["Type"].upper()})
    return response["computeEnvironmentArn"], {"ComputeEnvironmentArn": response["computeEnvironmentArn"]}


def create_policy(logical_id, properties, stack):
    name = name_of((logical_id, stack), properties, "Name")
    wrong = faults("CreateSchedulingPolicy", typed({**as_request(properties), "name": name},
                                                   MODEL.operation_model("CreateSchedulingPolicy").input_shape))
    if wrong:
        raise ValueError(wrong)
    arn = f"arn:aws:batch:{get_region()}:{get_account_id()}:scheduling-policy/{name}"
    return arn, {"Arn": arn}


def create_queue_of_stack(logical_id, properties, stack):
    name = name_of((logical_id, stack), properties, "JobQueueName")
    arn = call("CreateJobQueue", {**as_request(properties), "jobQueueName": name})["jobQueueArn"]
    return arn, {"JobQueueArn": arn}


def create_definition(logical_id, properties, stack):
    name = name_of((logical_id, stack), properties, "JobDefinitionName")
    return call("RegisterJobDefinition", {**as_request(properties), "jobDefinitionName": name})["jobDefinitionArn"], {}


def forget(store):
    return lambda physical_id, _properties: store.pop(physical_id.rsplit("/", 1)[-1], None)


provisioners._RESOURCE_HANDLERS.update({
    "AWS::Batch::ComputeEnvironment": {"create": create_environment, "delete": forget(batch._compute_envs)},
    "AWS::Batch::SchedulingPolicy": {"create": create_policy, "delete": lambda _physical_id, _properties: None},
    "AWS::Batch::JobQueue": {"create": create_queue_of_stack, "delete": forget(batch._job_queues)},
    "AWS::Batch::JobDefinition": {
        "create": create_definition,
        "update": lambda _physical_id, _old, new, stack: create_definition("", new, stack),
        "delete": lambda arn, _properties: call("DeregisterJobDefinition", {"jobDefinition": arn}),
    },
})
