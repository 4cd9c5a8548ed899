import { resourcePrefix } from '../core/contract/resource-names.ts';
import { maxJobDefinitionNameLength } from './batch-source.ts';
import { fargateMemoryMiB } from './fargate-sizes.ts';
import { lambdaLimits, languageOfEntry, runtimes } from './lambda-source.ts';
import type { BatchSource, LambdaSource, ServiceManifest } from './service-manifest.ts';

/** One sentence for each rule that a manifest breaks and that its JSON Schema cannot express. */
export function manifestSentences(manifest: ServiceManifest, prefix: string): readonly string[] {
  const { source } = manifest;
  return [
    ...resourceNameSentences(manifest, prefix),
    ...(source.kind === 'lambda'
      ? [...runtimeSentences(source), ...environmentSentences(source)]
      : sizeSentences(source)),
  ];
}

/** The rules for the names of the function or the job definition; `prefix` is the prefix of the stack. */
export function resourceNameSentences({ name, source }: ServiceManifest, prefix: string): readonly string[] {
  const isLambda = source.kind === 'lambda';
  const member = isLambda ? 'functionName' : 'jobDefinition';
  const required = resourcePrefix(prefix, member);
  const given = isLambda ? source.functionName : source.jobDefinition;
  const used = given ?? `${required}${name}`;
  const maxLength = isLambda ? lambdaLimits.maxFunctionNameLength : maxJobDefinitionNameLength;
  const thing = isLambda ? 'function' : 'job definition';
  if (!used.startsWith(required) || used.length === required.length)
    return [
      `source.${member} must begin with "${required}" and a name, because Errand has no permission to use any other ${thing}: write "${required}${given}".`,
    ];
  if (used.length <= maxLength) return [];
  const advice =
    given === undefined
      ? `shorten the name of the service to ${maxLength - required.length} characters, or set source.${member}`
      : 'shorten it';
  return [
    `The name of the ${thing}, "${used}", has ${used.length} characters, and AWS accepts at most ${maxLength}: ${advice}.`,
  ];
}

function runtimeSentences({ entry, runtime }: LambdaSource): readonly string[] {
  const language = languageOfEntry(entry);
  const allowed: readonly string[] = runtimes[language];
  if (allowed.includes(runtime)) return [];
  return [
    `source.runtime "${runtime}" cannot run source.entry "${entry}": use ${allowed.join(' or ')}, or omit it.`,
  ];
}

/** Lambda counts the names and the values of all variables together. */
function environmentSentences({ environment = {} }: LambdaSource): readonly string[] {
  const sizeBytes = Buffer.byteLength(Object.entries(environment).flat().join(''));
  if (sizeBytes <= lambdaLimits.maxEnvironmentBytes) return [];
  return [
    `source.environment has ${sizeBytes} bytes, and Lambda accepts at most ${lambdaLimits.maxEnvironmentBytes}: read large values from a file or a parameter store.`,
  ];
}

function sizeSentences({ vcpus, memoryMiB }: BatchSource): readonly string[] {
  const allowed = fargateMemoryMiB(vcpus);
  if (allowed.includes(memoryMiB)) return [];
  const [least = 0] = allowed;
  const nearest = allowed.find((size) => size >= memoryMiB) ?? allowed.at(-1) ?? 0;
  return [
    `Fargate does not offer source.memoryMiB ${memoryMiB} for source.vcpus ${vcpus}, only ${least} to ${allowed.at(-1)} MiB in fixed steps: use ${nearest}.`,
  ];
}
