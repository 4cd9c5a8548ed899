import { isDeepStrictEqual } from 'node:util';
import { tokenFingerprintLength } from '../../../core/access/model/worker-token.ts';
import { type JobStatus, stateTable } from '../../../core/contract/job-state.ts';
import { defaultLimits, defaultPolicy } from '../../../core/jobs/model/defaults.ts';
import type { Claim, EndedClaim, Job } from '../../../core/jobs/model/job.ts';
import { derivedTraceparent } from '../../../core/jobs/submission/traceparent.ts';
import { timeInId } from '../../../core/std/id-time.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { digestAttribute, digestsAttribute, readDigest, readDigests } from '../table/digest-attribute.ts';
import {
  jsonText,
  number,
  presentAttributes,
  presentMembers,
  readLayoutVersion,
  readNumber,
  readOptionalJson,
  readOptionalNumber,
  readOptionalText,
  readText,
  text,
} from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { jobItemKey, readJobKey } from '../table/table-keys.ts';
import { UnreadableItemError } from '../table/unreadable-item-error.ts';
import { indexAttributes, readNextCheckAt, readServiceName } from './job-indexes.ts';
import { readTransitions, writeTransitions } from './job-transitions.ts';
import { invocationAttribute, logAttribute, readInvocation, readLog } from './log-attribute.ts';
import { payloadAttributes, readPayload } from './payload-attribute.ts';

/**
 * The layout version of the items that this release writes; it reads all layouts of `defaultLimitsByVersion`.
 * The value that an absent attribute implies is part of the layout: a changed default in the core needs a new
 * version here.
 */
const layoutVersion = 2;

/** The limits that an absent `li` implies, by layout version. */
const defaultLimitsByVersion: ReadonlyMap<number, Job['limits']> = new Map([
  [1, { ...defaultLimits, attemptTimeoutSeconds: 240 }],
  [layoutVersion, defaultLimits],
]);

/**
 * Converts a job to an item. Names are short and derivable values are omitted, because a write is charged by
 * the size of the whole item: a typical job must stay below 1,024 bytes.
 *
 * | name | type | content | absent when |
 * |------|------|-------|-------------|
 * | `pk` `sk` | S | tenant and ID (table-keys.ts) | |
 * | `z` | N | layout of the item | |
 * | `v` | N | version | |
 * | `st` | S | status | |
 * | `svc` | S | tenant and service name, key of an index | a draft names no service |
 * | `sv` | S | service version | a draft names no service |
 * | `dd` | B | digest of the definition | it is no job of a development version, or was not started |
 * | `o` | S | owner | |
 * | `n` | S | name | it is the name of the service |
 * | `tg` `md` | S | tags, metadata as JSON | there are none |
 * | `gr` | S | group | it is in none |
 * | `ix` | S | names of the indexed members of the metadata, as JSON | there are none |
 * | `p` `q` `r` | S | parameters, request, result as JSON text | in the object store, or none |
 * | `po` `qo` `ro` | S | `<bytes>#<object key>` of parameters, request, result | on the item as JSON text, or none |
 * | `rm` | S | media type of the result | it is `application/json`, or none |
 * | `i` | S | inputs as JSON text | in the object store, or none |
 * | `io` | S | `<bytes>#<object key>` of the inputs | on the item as JSON text, or none |
 * | `ho` | N | 1: outputs may exist | none was ever created |
 * | `f` | S | failure as JSON | none |
 * | `ab` | S | abort as JSON | none |
 * | `re` | S | ID of the job that this job reruns | it is no rerun |
 * | `rl` | S | ID of its latest rerun | it has not been rerun |
 * | `ru` | S | ID of the job whose result it has | it has a result of its own |
 * | `rw` | N | number of the attempt of that job that wrote its outputs | it shows no outputs of another job |
 * | `cd` | B | content digest | its service is not deterministic, or it was not started |
 * | `pa` | S | ID of the parent | there is none |
 * | `dp` | S | IDs of the jobs that it depends on, as JSON | there are none |
 * | `hc` `hd` | N | 1: sub-jobs, dependents may exist | none was ever made |
 * | `pr` | N | priority | 0 |
 * | `dk` | S | dispatcher: `batch` | it is Lambda |
 * | `dr` | S | draft as JSON | it is neither draft nor ready |
 * | `w` | S | waiting reason as JSON | none |
 * | `cx` | S | cascade (remaining work on other jobs) as JSON | none |
 * | `rp` | S | retry policy as JSON | the default of the core |
 * | `li` | S | limits other than the defaults of the core, as JSON | there are none |
 * | `tp` | S | traceparent | derived from the ID |
 * | `ra` | N | requestedAt | it is the time in the ID |
 * | `ca` `xa` `fa` `na` | N | scheduledAt, startedAt, finishedAt, nextAttemptAt | not set |
 * | `ua` | N | updatedAt | it is the time of the last transition |
 * | `a` | N | attempt | 0 |
 * | `s` | N | starts | 1 |
 * | `ea` | S | ended attempts as JSON | none |
 * | `ce` `ct` | B | digests of the claim's execution and token | no claim |
 * | `cw` | S | worker that the claim is bound to | not bound |
 * | `cr` | N | 1: the claim was repeated | it was not |
 * | `et` `eo` | B | digests of the last ended claim's token, and of the report that ended it | no ended claim is kept |
 * | `tk` | B | fingerprints of the worker tokens that were issued, 12 bytes each | no attempt was claimed |
 * | `di` | S | the dispatcher's ID of the attempt | none |
 * | `en` | N | applyEndTries | none |
 * | `gb` | N | releasedAtStart | none |
 * | `lg` | S | log of the attempt (log-attribute.ts) | none was reported |
 * | `iv` | S | invocation of the attempt (log-attribute.ts) | none was reported |
 * | `pg` | S | progress as JSON | none |
 * | `rt` | N | reportedAt | nothing was reported |
 * | `pt` | N | progressAt | no progress was reported |
 * | `m` | S | transitions (job-transitions.ts) | only `pending` at requestedAt |
 * | `due` `dueAt` `live` | S N S | keys of indexes (job-indexes.ts) | see there |
 */
export function toItem(job: Job): Item {
  return {
    ...jobItemKey({ tenant: job.tenant, jobId: job.id }),
    ...indexAttributes(job),
    ...presentAttributes({
      z: number(layoutVersion),
      v: number(job.version),
      st: text(job.status),
      sv: text(job.service?.version),
      dd: digestAttribute(job.definitionDigest),
      o: text(job.owner),
      n: text(omitIfDefault(job.name, job.service?.name)),
      tg: job.tags.length === 0 ? undefined : jsonText(job.tags),
      gr: text(job.group),
      md: Object.keys(job.metadata).length === 0 ? undefined : jsonText(job.metadata),
      ix: jsonText(job.indexedMetadata),
      rp: jsonText(omitIfDefault(job.policy, defaultPolicy)),
      li: jsonText(omitIfDefault(customLimits(job), {})),
      tp: text(omitIfDefault(job.traceparent, derivedTraceparent(job.id))),
      re: text(job.rerunOf),
      rl: text(job.rerunAs),
      ru: text(job.reusedFrom),
      rw: number(job.reusedAttempt),
      cd: digestAttribute(job.contentDigest),
      pa: text(job.parentId),
      dp: jsonText(job.dependsOn),
      hc: flag(job.hasChildren),
      hd: flag(job.hasDependents),
      ho: flag(job.hasOutputs),
      pr: number(job.priority),
      dk: text(job.dispatcher),
      dr: jsonText(job.draft === undefined ? undefined : storedDraft(job.draft)),
      w: jsonText(job.waitingReason),
      cx: jsonText(job.cascade === undefined ? undefined : storedCascade(job.cascade)),
    }),
    ...payloadAttributes('p', job.parameters),
    ...payloadAttributes('q', job.request),
    ...payloadAttributes('r', job.result),
    ...payloadAttributes('i', job.inputs),
    ...stateAttributes(job),
  };
}

/** Returns the attributes that change while the job proceeds. */
function stateAttributes(job: Job): Item {
  return presentAttributes({
    ra: number(omitIfDefault(job.requestedAt, timeInId(job.id))),
    ca: number(job.scheduledAt),
    xa: number(job.startedAt),
    fa: number(job.finishedAt),
    na: number(job.nextAttemptAt),
    ua: number(omitIfDefault(job.updatedAt, job.transitions.at(-1)?.at)),
    a: number(omitIfDefault(job.attempt, 0)),
    s: number(omitIfDefault(job.starts, 1)),
    f: jsonText(job.failure),
    ab: jsonText(job.abort),
    ea: job.endedAttempts.length === 0 ? undefined : jsonText(job.endedAttempts),
    ce: digestAttribute(job.claim?.executionDigest),
    ct: digestAttribute(job.claim?.tokenDigest),
    cw: text(job.claim?.workerId),
    cr: flag(job.claim?.isRepeated),
    et: digestAttribute(job.endedClaim?.tokenDigest),
    eo: digestAttribute(job.endedClaim?.reportDigest),
    tk: digestsAttribute(job.issuedTokenFingerprints),
    di: text(job.dispatcherId),
    en: number(job.applyEndTries),
    gb: number(job.releasedAtStart),
    lg: logAttribute(job.log),
    iv: invocationAttribute(job.invocation),
    pg: jsonText(job.progress),
    rt: number(job.reportedAt),
    pt: number(job.progressAt),
    m: text(omitIfDefault(writeTransitions(job.transitions, job.requestedAt), '')),
  });
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): Job {
  const defaultLimitsOfLayout =
    defaultLimitsByVersion.get(readLayoutVersion(item, [...defaultLimitsByVersion.keys()])) ?? defaultLimits;
  const { tenant, jobId: id } = readJobKey(item);
  const service = readService(item, tenant);
  return {
    tenant,
    id,
    name: readOptionalText(item, 'n') ?? service?.name ?? '',
    status: readStatus(item),
    tags: readOptionalJson<Job['tags']>(item, 'tg') ?? [],
    metadata: readOptionalJson<Job['metadata']>(item, 'md') ?? {},
    parameters: readPayload(item, 'p') ?? missingParameters(item),
    policy: readOptionalJson<Job['policy']>(item, 'rp') ?? defaultPolicy,
    limits: { ...defaultLimitsOfLayout, ...readOptionalJson<Partial<Job['limits']>>(item, 'li') },
    owner: readText(item, 'o'),
    traceparent: readOptionalText(item, 'tp') ?? derivedTraceparent(id),
    version: readNumber(item, 'v'),
    ...presentMembers<Job>({
      service,
      group: readOptionalText(item, 'gr'),
      definitionDigest: readDigest(item, 'dd'),
      indexedMetadata: readOptionalJson(item, 'ix'),
      request: readPayload(item, 'q'),
      result: readPayload(item, 'r'),
      inputs: readPayload(item, 'i'),
      rerunOf: readOptionalText(item, 're'),
      rerunAs: readOptionalText(item, 'rl'),
      reusedFrom: readOptionalText(item, 'ru'),
      reusedAttempt: readOptionalNumber(item, 'rw'),
      contentDigest: readDigest(item, 'cd'),
      draft: readDraft(item),
      waitingReason: readOptionalJson(item, 'w'),
    }),
    ...readRelations(item),
    ...readState(item, id),
  };
}

function readState(item: Item, id: string) {
  const requestedAt = readOptionalNumber(item, 'ra') ?? timeInId(id);
  const transitions = readTransitions(readOptionalText(item, 'm') ?? '', requestedAt);
  return {
    requestedAt,
    updatedAt: readOptionalNumber(item, 'ua') ?? transitions.at(-1)?.at ?? requestedAt,
    attempt: readOptionalNumber(item, 'a') ?? 0,
    starts: readOptionalNumber(item, 's') ?? 1,
    endedAttempts: readOptionalJson<Job['endedAttempts']>(item, 'ea') ?? [],
    transitions,
    ...presentMembers<Job>({
      scheduledAt: readOptionalNumber(item, 'ca'),
      startedAt: readOptionalNumber(item, 'xa'),
      finishedAt: readOptionalNumber(item, 'fa'),
      nextAttemptAt: readOptionalNumber(item, 'na'),
      nextCheckAt: readNextCheckAt(item, id),
      failure: readOptionalJson(item, 'f'),
      abort: readOptionalJson(item, 'ab'),
      claim: readClaim(item),
      endedClaim: readEndedClaim(item),
      issuedTokenFingerprints: readDigests(item, 'tk', tokenFingerprintLength),
      dispatcherId: readOptionalText(item, 'di'),
      applyEndTries: readOptionalNumber(item, 'en'),
      releasedAtStart: readOptionalNumber(item, 'gb'),
      log: readLog(item, 'lg'),
      invocation: readInvocation(item, 'iv'),
      progress: readOptionalJson(item, 'pg'),
      reportedAt: readOptionalNumber(item, 'rt'),
      progressAt: readOptionalNumber(item, 'pt'),
    }),
  };
}

function readService(item: Item, tenant: string): Job['service'] {
  const name = readServiceName(item, tenant);
  return name === undefined ? undefined : { name, version: readText(item, 'sv') };
}

function readRelations(item: Item): Partial<Job> {
  return presentMembers<Job>({
    parentId: readOptionalText(item, 'pa'),
    dependsOn: readOptionalJson(item, 'dp'),
    hasChildren: readFlag(item, 'hc'),
    hasDependents: readFlag(item, 'hd'),
    hasOutputs: readFlag(item, 'ho'),
    priority: readOptionalNumber(item, 'pr'),
    dispatcher: readDispatcher(item),
    cascade: readCascade(item),
  });
}

/** Every value that `dk` may have. */
const storedDispatchers: Readonly<Record<NonNullable<Job['dispatcher']>, true>> = { batch: true };

function readDispatcher(item: Item): Job['dispatcher'] {
  const stored = readOptionalText(item, 'dk') ?? '';
  return Object.hasOwn(storedDispatchers, stored) ? (stored as Job['dispatcher']) : undefined; // a key of the table
}

function flag(value: boolean | undefined) {
  return value === true ? number(1) : undefined;
}

function readFlag(item: Item, name: string): true | undefined {
  return readOptionalNumber(item, name) === undefined ? undefined : true;
}

function readClaim(item: Item): Job['claim'] {
  const executionDigest = readDigest(item, 'ce');
  const tokenDigest = readDigest(item, 'ct');
  return executionDigest === undefined || tokenDigest === undefined
    ? undefined
    : {
        executionDigest,
        tokenDigest,
        ...presentMembers<Claim>({
          workerId: readOptionalText(item, 'cw'),
          isRepeated: readFlag(item, 'cr'),
        }),
      };
}

function readEndedClaim(item: Item): Job['endedClaim'] {
  const tokenDigest = readDigest(item, 'et');
  if (tokenDigest === undefined) return undefined;
  return { tokenDigest, ...presentMembers<EndedClaim>({ reportDigest: readDigest(item, 'eo') }) };
}

function readStatus(item: Item): JobStatus {
  const status = readText(item, 'st');
  if (Object.hasOwn(stateTable, status)) return status as JobStatus; // a key of the table of states
  throw new UnreadableItemError(item, `has the unknown status "${status}"`);
}

function missingParameters(item: Item): never {
  throw new UnreadableItemError(item, 'lacks its parameters (p or po)');
}

function customLimits({ limits }: Job): Partial<Job['limits']> {
  const defaults: Partial<Job['limits']> = defaultLimits;
  return Object.fromEntries(
    Object.entries(limits).filter(([name, value]) => defaults[name as keyof Job['limits']] !== value), // keys of limits
  );
}

/** Returns the value, or undefined if it is the default, which an absent attribute implies. */
function omitIfDefault<Value>(value: Value, defaultValue: Value | undefined): Value | undefined {
  return isDeepStrictEqual(value, defaultValue) ? undefined : value;
}

type Draft = NonNullable<Job['draft']>;
/** The overrides of a draft have been stored under an older name. */
type StoredDraft = Omit<Draft, 'overrides'> & { readonly wishes: Draft['overrides'] };

function storedDraft({ overrides, ...draft }: Draft): StoredDraft {
  return { wishes: overrides, ...draft };
}

function readDraft(item: Item): Draft | undefined {
  const stored = readOptionalJson<StoredDraft>(item, 'dr');
  if (stored === undefined) return undefined;
  const { wishes, ...draft } = stored;
  return { overrides: wishes, ...draft };
}

type Cascade = NonNullable<Job['cascade']>;
/** The position of a traversal has been stored under an older name. */
type StoredCascade = Omit<Cascade, 'position'> & { readonly place?: Cascade['position'] };

function storedCascade({ position, ...cascade }: Cascade): StoredCascade {
  return { ...cascade, ...omitUndefined({ place: position }) };
}

function readCascade(item: Item): Cascade | undefined {
  const stored = readOptionalJson<StoredCascade>(item, 'cx');
  if (stored === undefined) return undefined;
  const { place: position, ...cascade } = stored;
  return { ...cascade, ...omitUndefined({ position }) };
}
