import { join } from 'node:path';
import { asError } from '../../core/std/as-error.ts';
import type { AppSource, LocalApp } from '../../local/index.ts';
import type { Step } from '../terminal/step.ts';
import { nameApps } from './app-names.ts';
import { synthesizeApp } from './synthesize-app.ts';

/** Apps that were synthesized, and those that failed, with the reason. */
export interface SynthesizedApps {
  readonly sources: readonly AppSource[];
  readonly failed: readonly LocalApp[];
}

/**
 * Starts to synthesize all apps at the same time, each into a folder below `directory`. The returned function waits
 * for them, each as a step. An app that fails does not affect the others.
 */
export function startSyntheses(
  folders: readonly string[],
  directory: string,
): (step: Step) => Promise<SynthesizedApps> {
  const syntheses = nameApps(folders).map((app) => {
    const assembly = synthesizeApp(app, join(directory, app.name));
    assembly.catch(() => undefined); // awaited below, unless the start fails before
    return { name: app.name, assembly };
  });
  return async (step) => {
    const sources: AppSource[] = [];
    const failed: LocalApp[] = [];
    for (const { name, assembly } of syntheses) {
      try {
        const assemblyDirectory = await step(`Synthesizing the app ${name}`, () => assembly);
        sources.push({ name, assemblyDirectory });
      } catch (error) {
        const reason = `The app ${name} cannot be synthesized: ${asError(error).message}`;
        failed.push({ name, stacks: [], error: reason });
      }
    }
    return { sources, failed };
  };
}
