import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processorOf } from '../../../build/files/processor-of.ts';
import { newServiceFolder } from '../service-folder.ts';

/* This test installs a package from the registry. */

const files = {
  'main.py': 'import markupsafe\n\ndef handler(event, context):\n    return str(markupsafe.escape(event))\n',
  'requirements.txt': 'markupsafe==3.0.3\n',
};

test.each([
  ['arm64', 'python3.14', 'cpython-314'],
  ['x86_64', 'python3.12', 'cpython-312'],
] as const)('a package has machine code for Lambda on %s and %s', async (architecture, runtime, abi) => {
  const service = newServiceFolder({ entry: 'main.py', runtime }, files);
  const { directory } = await service.build({ kind: 'lambda', architecture });
  const code = globSync(`markupsafe/*.${abi}-*.so`, { cwd: directory });
  expect(code).toHaveLength(1);
  for (const file of code) expect(processorOf(join(directory, file))).toBe(architecture);
});
