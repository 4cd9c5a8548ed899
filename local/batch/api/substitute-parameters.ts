import { clientError } from './client-error.ts';

/**
 * Replaces `Ref::name` in a command by parameter values. Throws `ClientException` for a name without a value.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html#parameters
 */
export function substituteParameters(
  command: readonly string[],
  parameters: Readonly<Record<string, string>>,
): readonly string[] {
  return command.map((argument) =>
    argument.replace(/Ref::([\w-]+)/g, (_whole, name: string) => {
      const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      if (value !== undefined) return value;
      throw clientError(`Unable to substitute value. No parameter found for reference ${name}`);
    }),
  );
}
