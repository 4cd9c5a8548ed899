import type { ApiAccess } from '../../bin/api-access.ts';
import { CliError } from '../cli-error.ts';

/** A warning of the API about a registered version, such as a function that does not exist yet. */
export interface Warning {
  readonly code: string;
  readonly detail: string;
}

/** The outcome of a registration. */
export interface Registration {
  /** True if the version is new; false if it existed, with the same or, during development, another definition. */
  readonly isNew: boolean;
  /** Empty if the function or the job definition exists; undefined if the API did not check it. */
  readonly warnings?: readonly Warning[] | undefined;
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly type?: string;
  readonly errors?: ReadonlyArray<{ readonly pointer?: string; readonly detail?: string }>;
}

/** Registers a version of a service. Throws a `CliError` with the API's own explanation if it is refused. */
export async function register(
  api: ApiAccess,
  { name, version, definition }: { name: string; version: string; definition: object },
): Promise<Registration> {
  const response = await fetch(
    `${api.url}/v1/services/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`,
    {
      method: 'PUT',
      headers: { 'x-api-key': api.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify(definition),
    },
  ).catch((error: unknown) => {
    throw new CliError(`${api.url} cannot be reached: ${reasonOf(error)}`);
  });
  if (response.ok) {
    const { warnings } = (await response.json()) as { warnings?: readonly Warning[] };
    return { isNew: response.status === 201, warnings };
  }
  throw new CliError(`${name} ${version} was not registered: ${await explain(response)}`);
}

async function explain(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { title, detail, errors = [] } = JSON.parse(text) as Problem;
    const lines = errors.map(({ pointer = '', detail: each = '' }) => `\n  ${pointer}: ${each}`);
    return `${detail ?? title ?? `status ${response.status}`}${lines.join('')}`;
  } catch {
    return `status ${response.status}`;
  }
}

/** `fetch` reports only "fetch failed"; the reason is its cause. */
function reasonOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : { cause: undefined };
  return cause instanceof Error ? cause.message : String(error);
}
