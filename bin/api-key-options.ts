import { parseArgs } from 'node:util';
import { type Scope, scopes } from '../core/contract/routes/route.ts';

/** The options for a new API key: its owner, its scopes and the table to store it in. */
export interface KeyOptions {
  readonly table: string;
  readonly tenant: string;
  readonly principal: string;
  readonly scopes: readonly Scope[];
}

/** The scopes of a key for which none are requested: all of a tenant's; `admin` reaches beyond the tenant. */
const defaultScopes = scopes.filter((scope) => scope !== 'admin');

/** The help text of the command. */
export const usage = `Usage: node bin/create-api-key.ts --table <name> --tenant <tenant> [--principal <name>] [--scopes <list>]

  --table      name of the table: the stack output TableName
  --tenant     name of the tenant: 1 to 32 lower-case letters, digits and hyphens
  --principal  name recorded as owner of jobs that are created with the key; default: the tenant
  --scopes     comma-separated list of ${scopes.join(', ')}; default: all but admin

The AWS SDK's environment (AWS_PROFILE, AWS_REGION, ...) determines account and region.`;

/**
 * Parses a command line; returns `help` for `--help`. Throws an error with the usage for a missing or unknown
 * option.
 */
export function readKeyOptions(args: readonly string[]): KeyOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      table: { type: 'string' },
      tenant: { type: 'string' },
      principal: { type: 'string' },
      scopes: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return 'help';
  const { table, tenant } = values;
  if (!table || !tenant) throw new Error(`The options --table and --tenant are required\n\n${usage}`);
  return { table, tenant, principal: values.principal || tenant, scopes: readScopes(values.scopes) };
}

function readScopes(list: string | undefined): readonly Scope[] {
  return list === undefined ? defaultScopes : [...new Set(list.split(',').map(readScope))];
}

function readScope(text: string): Scope {
  const scope = scopes.find((known) => known === text.trim());
  if (scope === undefined) throw new Error(`Unknown scope ${text.trim()}: use one of ${scopes.join(', ')}`);
  return scope;
}
