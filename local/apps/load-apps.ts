import { cloudModel } from '../assembly/cloud-model.ts';
import { AssemblyError, loadAssembly } from '../assembly/load-assembly.ts';
import type { CloudModel } from '../cloud.ts';
import { messageOf } from '../error-message.ts';
import { appFaults, reservationFault } from './app-faults.ts';
import { conflicts } from './conflicts.ts';

/** A synthesized app that runs beside the first one. */
export interface AppSource {
  /** Name for messages; each app has another one. */
  readonly name: string;
  /** Directory of its synthesized cloud assembly. */
  readonly assemblyDirectory: string;
}

/** An app that was given, with the reason if it does not run. */
export interface LocalApp {
  readonly name: string;
  /** Names of its stacks that have resources; empty if the app does not run. */
  readonly stacks: readonly string[];
  /** Each error with the stack, logical id, type and construct path of its resource; undefined if the app runs. */
  readonly error?: string;
}

/** Input for loading apps. */
export interface AppsContext {
  /** The first app, whose names and ARNs have precedence. */
  readonly base: CloudModel;
  readonly apiBaseUrl: string;
  /** Folder for code that templates contain. */
  readonly inlineCodeDirectory: string;
  /** Maximum number of concurrent invocations over all functions. */
  readonly accountConcurrency: number;
}

/** The first app together with the apps that run beside it. */
export interface LoadedApps {
  readonly model: CloudModel;
  readonly apps: readonly LocalApp[];
}

/** An app without errors of its own. */
interface Candidate {
  readonly name: string;
  readonly model: CloudModel;
}

/**
 * Loads apps in the account of the first app. All resources of an app with an error are left out, so that it neither
 * runs in part nor affects the others; `refused` contains apps that are known not to run, with the reason. An app
 * can refer to resources of apps before and after it, and import the outputs of those before it.
 */
export function loadApps(
  sources: readonly AppSource[],
  context: AppsContext,
  refused: ReadonlyMap<string, string> = new Map(),
): LoadedApps {
  const names = new Set(sources.map(({ name }) => name));
  if (names.size < sources.length)
    throw new Error('Each of the apps needs a name that no other app has: messages refer to it');
  const errors = new Map(refused);
  const candidates: Candidate[] = [];
  for (const source of sources) {
    if (errors.has(source.name)) continue;
    try {
      candidates.push({ name: source.name, model: loadApp(source, context, candidates) });
    } catch (error) {
      errors.set(source.name, describeError(source.name, error));
    }
  }
  const model = merge(context, candidates);
  const failed = failedCandidates(candidates, model, context);
  // Without the failed apps, others can lack what they refer to, or no longer have a conflict.
  if (failed.length > 0) return loadApps(sources, context, new Map([...refused, ...failed]));
  const apps = sources.map(({ name }) => {
    const error = errors.get(name);
    if (error !== undefined) return { name, stacks: [], error };
    return { name, stacks: stacksOf(candidates.find((candidate) => candidate.name === name)?.model) };
  });
  return { model, apps };
}

/** Returns the candidates that the services cannot run, with the reason. */
function failedCandidates(
  candidates: readonly Candidate[],
  whole: CloudModel,
  { base, accountConcurrency }: AppsContext,
): ReadonlyArray<readonly [name: string, reason: string]> {
  const failed = candidates.flatMap(({ name, model }) => {
    const faults = appFaults(model, whole);
    return faults.length === 0 ? [] : [[name, describeError(name, new AssemblyError(faults))] as const];
  });
  if (failed.length > 0) return failed;
  for (const [index, { name }] of candidates.entries()) {
    const models = [base, ...candidates.slice(0, index + 1).map(({ model }) => model)];
    const fault = reservationFault(models, accountConcurrency);
    if (fault !== undefined) return [[name, describeError(name, new AssemblyError([fault]))]];
  }
  return [];
}

/** Describes why an app does not run. */
export function describeError(appName: string, error: unknown): string {
  if (error instanceof AssemblyError)
    return `The app ${appName} does not run:\n${error.faults.map((fault) => `- ${fault}`).join('\n')}`;
  return `The app ${appName} does not run: ${messageOf(error)}`;
}

function loadApp(source: AppSource, context: AppsContext, earlier: readonly Candidate[]): CloudModel {
  const others = [context.base, ...earlier.map(({ model }) => model)];
  const { accountId, region } = context.base;
  const model = loadAssembly(source.assemblyDirectory, {
    accountId,
    region,
    apiBaseUrl: context.apiBaseUrl,
    inlineCodeDirectory: context.inlineCodeDirectory,
    otherOutputs: others.flatMap(({ outputs }) => outputs),
  });
  const faults = conflicts(model, others);
  if (faults.length > 0) throw new AssemblyError(faults);
  return model;
}

function merge({ base, apiBaseUrl }: AppsContext, candidates: readonly Candidate[]): CloudModel {
  const models = [base, ...candidates.map(({ model }) => model)];
  return cloudModel({
    accountId: base.accountId,
    region: base.region,
    apiBaseUrl,
    resources: models.flatMap(({ resources }) => resources),
    outputs: models.flatMap(({ outputs }) => outputs),
  });
}

function stacksOf(model: CloudModel | undefined): readonly string[] {
  return [...new Set(model?.resources.map(({ stack }) => stack))];
}
