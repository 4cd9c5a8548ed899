import type { Descriptions } from '../open-api/descriptions/describe-members.ts';

export const manifestMembers = {
  $schema: 'Address of this schema, for editors.',
  name: 'Name of the service: 1 to 63 lower-case letters, digits and hyphens; starts with a letter and does not end with a hyphen.',
  version:
    'Semantic version without build metadata, at most 64 characters. A prerelease that begins with `dev`, such as `0.1.0-dev`, may be replaced after use.',
  title: 'Title for people, at most 256 characters.',
  description: 'Description for people, at most 16,384 characters.',
  tags: 'Labels for grouping, at most 50 of 1 to 128 characters each.',
} as const satisfies Descriptions;

export const lambdaSourceMembers = {
  kind: '`lambda`: the code runs as a function on AWS Lambda.',
  entry:
    'File of the code, relative to `service.json`, and the function in it after a colon (default `handler`): `src/index.ts`, `src/index.ts:run`, `main.py:handler`; or a program `bootstrap` that speaks the Lambda Runtime API, or the folder that contains it.',
  functionName:
    'Name of the function, at most 64 characters, beginning with `errand-service-`; `errand-service-` and the name of the service if absent.',
  runtime: 'Lambda runtime; the newest one for the language of `entry` if absent.',
  memoryMiB: 'Memory in MiB, from 128 to 10240, by default 512.',
  timeoutSeconds: 'Maximum duration of one invocation in seconds, from 1 to 900, by default 30.',
  environment:
    'Environment variables, together at most 4,096 bytes; names that Lambda sets itself are reserved.',
  reservedConcurrency:
    'Number of concurrent invocations that are reserved for the function, which is also their maximum; not limited if absent.',
  external:
    'Packages that are installed beside the bundle instead of into it, at most 50. Packages with machine code are detected and need no entry.',
} as const satisfies Descriptions;

export const batchSourceMembers = {
  kind: '`batch`: the code runs as a container on AWS Batch.',
  dockerfile:
    'Dockerfile of the image, relative to `service.json`, whose folder is the build context. Either this or `command` is required.',
  command:
    'Program and its arguments, at most 100, for a service without an image. Either this or `dockerfile` is required.',
  jobDefinition:
    'Name of the job definition without a revision, at most 128 characters, beginning with `errand-job-`; `errand-job-` and the name of the service if absent.',
  vcpus: 'Number of vCPUs on Fargate.',
  memoryMiB:
    'Memory in MiB that Fargate offers for this number of vCPUs, for example 2048 to 8192 in steps of 1024 for 1 vCPU.',
} as const satisfies Descriptions;
