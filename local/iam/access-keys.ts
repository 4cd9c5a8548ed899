import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { CloudModel, Principal, Resource } from '../cloud.ts';
import { isRecord } from '../json.ts';

/** Credentials in the format of AWS SDKs. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The access keys of one run of the runtime. A key identifies the role of its user. */
export interface AccessKeys {
  /** Key with all permissions, like the owner of the account. */
  readonly operator: AccessKey;
  /** Returns the key for a function. Throws for an unknown function. */
  forFunction(functionArn: string): AccessKey;
  /** Creates the key for a function that was added while the runtime runs. Replaces the key of an earlier function with this ARN. */
  addFunction(resource: Resource): void;
  /** Returns the key for a Batch job, by its job role. Throws for a role that no job definition has. */
  forJobRole(roleArn: string): AccessKey;
  /** Returns undefined for a key that this run did not issue. */
  find(accessKeyId: string): { readonly key: AccessKey; readonly principal: Principal } | undefined;
}

/**
 * Creates a key for each function, for each job role and for the operator. Ids are the same across starts.
 * Secrets are derived from `seed`, so that presigned URLs remain valid after a restart if the caller keeps
 * the seed. Throws if a role is not in the app.
 */
export function accessKeys(model: CloudModel, seed: Buffer = randomBytes(32)): AccessKeys {
  const roles = new Set(model.ofType('AWS::IAM::Role').map((role) => role.arn));
  const operator = makeKey('operator', seed);
  const byFunction = new Map<string, AccessKey>();
  const byId = new Map<string, { key: AccessKey; principal: Principal }>();
  byId.set(operator.accessKeyId, { key: operator, principal: { kind: 'operator' } });
  const addFunction = (resource: Resource): void => {
    const roleArn = String(resource.properties['Role']);
    const key = makeKey(resource.arn ?? resource.ref, seed);
    byFunction.set(resource.arn ?? resource.ref, key);
    byId.set(key.accessKeyId, { key, principal: { kind: 'role', roleArn, sessionName: resource.ref } });
  };
  for (const resource of model.ofType('AWS::Lambda::Function')) {
    const roleArn = String(resource.properties['Role']);
    const where = `${resource.stack}/${resource.logicalId} (${resource.type})`;
    if (!roles.has(roleArn)) throw new Error(`${where}: role ${roleArn} is not in the app`);
    addFunction(resource);
  }
  const byJobRole = new Map<string, AccessKey>();
  for (const { roleArn, where } of jobRoles(model)) {
    if (!roles.has(roleArn)) throw new Error(`${where}: role ${roleArn} is not in the app`);
    const key = makeKey(`job ${roleArn}`, seed);
    byJobRole.set(roleArn, key);
    byId.set(key.accessKeyId, { key, principal: { kind: 'role', roleArn, sessionName: 'batch-job' } });
  }
  return {
    operator,
    addFunction,
    forJobRole(roleArn) {
      const key = byJobRole.get(roleArn);
      if (key === undefined) throw new Error(`no job definition of the app has the job role ${roleArn}`);
      return key;
    },
    forFunction(functionArn) {
      const key = byFunction.get(functionArn);
      if (key === undefined) throw new Error(`no function of the app has the ARN ${functionArn}`);
      return key;
    },
    find: (accessKeyId) => byId.get(accessKeyId),
  };
}

function jobRoles(model: CloudModel): ReadonlyArray<{ readonly roleArn: string; readonly where: string }> {
  return model.ofType('AWS::Batch::JobDefinition').flatMap(({ stack, logicalId, type, properties }) => {
    const container = properties['ContainerProperties'];
    const roleArn = isRecord(container) ? container['JobRoleArn'] : undefined;
    return roleArn === undefined
      ? []
      : [{ roleArn: String(roleArn), where: `${stack}/${logicalId} (${type})` }];
  });
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function makeKey(owner: string, seed: Buffer): AccessKey {
  const id = [...createHash('sha256').update(owner).digest().subarray(0, 16)];
  return {
    accessKeyId: `AKIA${id.map((byte) => base32[byte % 32]).join('')}`,
    secretAccessKey: createHmac('sha256', seed).update(owner).digest('base64').slice(0, 40),
  };
}
