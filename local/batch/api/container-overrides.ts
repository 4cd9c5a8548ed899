import { isRecord, type JsonRecord } from '../../json.ts';
import { isFargateSize, type JobSize } from '../fargate-size.ts';
import { type JobDefinition, sizeRefusal } from '../job-definition.ts';
import { clientError } from './client-error.ts';
import { listIn, objectIn, refuseMembers } from './request-body.ts';

/** The parts of a definition's container that a submission may override. */
export interface Container {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly size: JobSize;
}

/**
 * Applies `containerOverrides` to the definition's container. Throws `ClientException` for values that
 * Fargate refuses. https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerOverrides.html
 */
export function overrideContainer(definition: JobDefinition, body: JsonRecord): Container {
  const overrides = objectIn(body, 'containerOverrides');
  refuseMembers(overrides, ['command', 'environment', 'resourceRequirements']);
  return {
    command: commandIn(overrides) ?? definition.command,
    environment: { ...definition.environment, ...environmentIn(overrides) },
    size: sizeIn(overrides, definition.size),
  };
}

function commandIn(overrides: JsonRecord): readonly string[] | undefined {
  const command = listIn(overrides, 'command');
  if (command === undefined || command.length === 0) return undefined;
  if (command.every((argument) => typeof argument === 'string')) return command;
  throw clientError('containerOverrides.command must be a list of strings.');
}

function environmentIn(overrides: JsonRecord): Readonly<Record<string, string>> {
  const entries = (listIn(overrides, 'environment') ?? []).map((entry) => {
    const { name, value } = isRecord(entry) ? entry : {};
    if (typeof name !== 'string' || name === '' || typeof value !== 'string')
      throw clientError('containerOverrides.environment must be a list of names and values.');
    if (name.startsWith('AWS_BATCH'))
      throw clientError(`Environment variable ${name} begins with AWS_BATCH, which is reserved.`);
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}

function sizeIn(overrides: JsonRecord, size: JobSize): JobSize {
  const changed: { -readonly [part in keyof JobSize]: JobSize[part] } = { ...size };
  for (const entry of listIn(overrides, 'resourceRequirements') ?? []) {
    const { type, value } = isRecord(entry) ? entry : {};
    if (type === 'VCPU') changed.vcpus = Number(value);
    else if (type === 'MEMORY') changed.memoryMegabytes = Number(value);
    else throw clientError(`Resource requirement ${String(type)} is not supported by Fargate.`);
  }
  if (!isFargateSize(changed)) throw clientError(sizeRefusal(changed));
  return changed;
}
