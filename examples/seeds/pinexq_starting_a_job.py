"""The examples of PinexQ's guide "Starting a job" with Errand. Each function is named after what its example does."""

from typing import Any

from errand_client import ApiError, Errand


def create_a_job(errand: Errand) -> Any:
    return errand.job("MyJob").create()  # a draft; the other examples send nothing before the start


def select_the_processing(errand: Errand) -> tuple[Any, ...]:
    by_name = errand.job("MyJob").service("echo", version="1.0.0")
    instance = errand.services.get("echo", "^1")
    by_instance = errand.job("MyJob").service(instance.name, instance.version)
    by_url = errand.jobs.submit({"x": 5}, service=instance.definition.links.self)
    return by_name.start().result(), by_instance.start().result(), by_url.result()


def several_versions_are_an_error_with_suggestions(errand: Errand) -> list[str]:
    try:
        errand.services.get("csv-profile")
    except ApiError as error:
        return list(error.problem["versions"])
    return []


def set_tags(errand: Errand) -> Any:
    return errand.job("MyJob").service("echo").tags(["test", "my_function"]).start()


def configure_parameters(errand: Errand) -> tuple[Any, Any]:
    job_parameters = {"x": 5}
    first = errand.job().service("echo").parameters(**job_parameters)
    return first.start().result(), errand.job().service("echo").parameters(x=5).start().result()


def start_the_job(errand: Errand) -> Any:
    job = errand.job("MyJob").service("echo").parameters(x=5).create()
    before = job.status  # ready
    return before, job.start().status


def failed_execution(errand: Errand) -> str:
    job = errand.job().service("flaky").options(retry={"maxAttempts": 1}).start().wait()
    return f"{job.status}: {job.error.detail}" if job.error else str(job.status)


def wait_for_completion(errand: Errand) -> Any:
    job = errand.job().service("echo").parameters(x=5).start()
    return job.wait(timeout_seconds=60)


def get_result(errand: Errand) -> Any:
    job = errand.job().service("echo").parameters(x=5).start().wait()
    return job.result()


def delete(errand: Errand) -> str:
    job = errand.job().service("echo").start().wait()
    job.delete()
    try:
        job.refresh()
    except ApiError as error:
        return error.code
    return str(job.status)


def delete_with_associated(errand: Errand) -> list[str]:
    table = errand.data.upload(b"a,b\n1,2\n", name="table.csv")
    job = errand.job().service("csv-profile", "^2").parameters({}).input("table", table).start().wait()
    written = [output.id for output in job.outputs()]
    job.delete(cascade=["outputs", "children"])  # and not "inputs"
    left = [data.id for data in errand.data.list(id=[table.id, *written])]
    return ["input" if id == table.id else "output" for id in left]


def fluent(errand: Errand) -> Any:
    job = (
        errand.job("my_job")
        .service("echo", "1.0.0")
        .tags(["test", "my_function"])
        .parameters(x=5)
        .start()
        .wait(timeout_seconds=60)
    )
    result = job.result()
    job.delete()
    return result


def create_and_configure_rapidly(errand: Errand) -> Any:
    step = errand.services.get("echo", "1.0.0")
    return step.submit({"x": 5}, name="my_job", tags=["test", "my_function"])  # one request
