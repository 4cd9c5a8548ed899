import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startTestErrand } from '../../support/local-service/local-errand.ts';

const root = resolve(import.meta.dirname, '../../..');

test('the code of the guide prints what the guide shows', async () => {
  const guide = readFileSync(join(root, 'docs', 'guides', 'typescript.md'), 'utf8');
  const blocks = (language: string) =>
    [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
      ([, block = '']) => block,
    );
  const client = join(root, 'client', 'index.ts');
  const folder = mkdtempSync(join(root, '.build', 'guide-'));
  const service = await startTestErrand();
  try {
    const program = join(folder, 'guide.ts');
    writeFileSync(
      program,
      blocks('ts')
        .join('\n')
        .replace("from 'errand'", `from ${JSON.stringify(client)}`),
    );
    const env = { ...process.env, ERRAND_URL: service.url, ERRAND_API_KEY: service.apiKey };
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
    expect(stdout).toBe(blocks('text').join(''));
  } finally {
    rmSync(folder, { recursive: true });
    await service.end();
  }
});
