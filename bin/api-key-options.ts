import { parseArgs } from 'node:util';
import { type Scope, scopes } from '../core/contract/routes/route.ts';

/** Whose key to make, what it may do, and in which table. */
export interface KeyOptions {
  readonly table: string;
  readonly tenant: string;
  readonly principal: string;
  readonly scopes: readonly Scope[];
}

/** What the options of the command are, for the person at the machine. */
export const usage = `Usage: node bin/create-api-key.ts --table <name> --tenant <tenant> [--principal <who>] [--scopes <list>]

  --table      the stack's output TableName
  --tenant     1 to 32 lower-case letters, digits and -
  --principal  who is named as owner of jobs made with the key; default: the tenant
  --scopes     comma list of ${scopes.join(', ')}; default: all

Account and region are those of the AWS SDK's environment (AWS_PROFILE, AWS_REGION, ...).`;

/** The options in a command line; `help` when that was asked for. Throws in plain words when one is missing or unknown. */
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
  if (!table || !tenant) throw new Error(`--table and --tenant are needed\n\n${usage}`);
  return { table, tenant, principal: values.principal || tenant, scopes: readScopes(values.scopes) };
}

function readScopes(list: string | undefined): readonly Scope[] {
  return list === undefined ? scopes : [...new Set(list.split(',').map(readScope))];
}

function readScope(text: string): Scope {
  const scope = scopes.find((known) => known === text.trim());
  if (scope === undefined) throw new Error(`${text.trim()} is no scope: use ${scopes.join(', ')}`);
  return scope;
}
