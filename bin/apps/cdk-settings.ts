import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { asError } from '../../core/std/as-error.ts';

const contextSchema = z.record(z.string(), z.unknown());
const cdkJson = z.object({
  app: z.union([
    z.string().min(1),
    z
      .array(z.string())
      .min(1)
      .transform((parts) => parts.join(' ')),
  ]),
  build: z.string().optional(),
  context: contextSchema.default({}),
});

/** What a `cdk.json` states about the synthesis. */
export interface CdkSettings {
  /** Command of the app, or a folder with its cloud assembly. */
  readonly app: string;
  /** Command to run before the app. */
  readonly build?: string | undefined;
  /** Context of `cdk.context.json`, which remembers lookups, and of `cdk.json`, which has precedence. */
  readonly context: Readonly<Record<string, unknown>>;
}

/**
 * Reads the `cdk.json` of a folder. Throws an error that names the file and what is wrong in it.
 * https://docs.aws.amazon.com/cdk/v2/guide/cli.html#cli-config
 */
export function readCdkSettings(folder: string): CdkSettings {
  const settings = read(join(folder, 'cdk.json'), cdkJson);
  const lookups = join(folder, 'cdk.context.json');
  const remembered = existsSync(lookups) ? read(lookups, contextSchema) : {};
  return { ...settings, context: { ...remembered, ...settings.context } };
}

function read<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(readJson(file));
  if (result.success) return result.data;
  const { path = [], message = '' } = result.error.issues[0] ?? {};
  throw new Error(`${file}: ${path.length === 0 ? 'the file' : path.join('.')} is invalid: ${message}`);
}

function readJson(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not valid JSON: ${asError(cause).message}`, { cause });
  }
}
