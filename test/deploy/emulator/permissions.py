"""IAM: the resource of a request, where the emulator does not know it, and a record of every decision about a role."""
import json
import os

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import batch, ecr

from bridge import bridges

DECISIONS = os.path.join(os.environ["DEPLOY_WORK"], "decisions")
seen = set()


def record(role, action, resource, is_allowed):
    """Appends a decision to $DEPLOY_WORK/decisions: role, action, verdict and, of a denial, the resource; each once."""
    line = "\t".join((role, action, "allowed" if is_allowed else "denied", "" if is_allowed else str(resource)))
    if line not in seen:
        seen.add(line)
        with open(DECISIONS, "a", encoding="utf8") as file:
            file.write(f"{line}\n")


def allows(role_arn, action, resource):
    """Whether the policies of a role allow an action on a resource; recorded. Always true while IAM is not enforced."""
    if not app.AUTH:
        return True
    role = role_arn.rsplit("/", 1)[1]
    context = iam_evaluator.EvalContext(
        principal_arn=role_arn, principal_type="AssumedRole", principal_account=get_account_id(), action=action,
        resource_arn=resource, region=get_region())
    policies = iam_evaluator._gather_role_policies(role, get_account_id())
    is_allowed = iam_evaluator.evaluate(context, policies).decision == "Allow"
    record(role, action, resource, is_allowed)
    return is_allowed


def refusal(resource, *actions):
    """The response to a caller of the Batch API that lacks permission for one of the actions; None when it has all."""
    caller = iam_evaluator.caller_arn()
    if ":assumed-role/" not in caller:
        return None
    role_arn = f"arn:aws:iam::{get_account_id()}:role/{caller.split('/')[1]}"
    for action in actions:
        if not allows(role_arn, action, resource):
            return batch.error_response_json(
                "AccessDeniedException", f"User: {caller} is not authorized to perform: {action} on resource: {resource}", 403)
    return None


@bridges("IAM: every decision about a role is recorded, so that the checks see which grants are missing",
         iam_evaluator, "enforce")
def enforce(original, access_key, action, service, region, resource_arn="*", *arguments, **named):
    response = original(access_key, action, service, region, resource_arn, *arguments, **named)
    caller = iam_evaluator.caller_arn()
    if ":assumed-role/" in caller and not isinstance(response, iam_evaluator.AuthError):
        record(caller.split("/")[1], action, resource_arn, response is None)
    return response


@bridges("IAM: requests to Batch, GetLogEvents and DescribeRepositories are checked against the resource that they name",
         iam_actions, "extract_resource_arn")
def resource_of(original, service, method, path, headers, body, query_params, region, account_id):
    here = f"{region}:{account_id}"
    asked = json.loads(body or b"{}") if service in ("logs", "ecr", "batch") else {}
    operation = path.lower().rsplit("/", 1)[-1]
    if service == "logs" and headers.get("x-amz-target", "").endswith(".GetLogEvents"):
        return f"arn:aws:logs:{here}:log-group:{asked.get('logGroupName')}:log-stream:{asked.get('logStreamName')}"
    if service == "ecr" and asked.get("repositoryNames"):
        return f"arn:aws:ecr:{here}:repository/{asked['repositoryNames'][0]}"
    if service == "batch" and operation == "submitjob":
        queue = asked.get("jobQueue", "")
        return queue if queue.startswith("arn:") else f"arn:aws:batch:{here}:job-queue/{queue}"
    if service == "batch" and operation == "terminatejob":
        return f"arn:aws:batch:{here}:job/{asked.get('jobId')}"
    return original(service, method, path, headers, body, query_params, region, account_id)


@bridges("IAM: GetFunctionConcurrency is checked as itself, not as PutFunctionConcurrency",
         iam_actions, "_lambda_action")
def lambda_action(original, method, path):
    action = original(method, path)
    return "GetFunctionConcurrency" if (method, action) == ("GET", "PutFunctionConcurrency") else action


@bridges("ECR: the response for a missing image is ImageNotFoundException, so that the CDK pushes it",
         ecr, "_describe_images")
def describe_images(original, asked):
    name = asked.get("repositoryName")
    for image in asked.get("imageIds") or []:
        if name in ecr._repositories and not ecr._find_image(name, image):
            return batch.error_response_json("ImageNotFoundException", f"The image {image} does not exist", 400)
    return original(asked)
