import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitIgnore, manifestText, readme, type Template } from './template.ts';

/** The worker routes (`attempt.py`) and data objects (`data.py`) in Python, with the standard library alone. */
const modules = join(import.meta.dirname, '..', '..', 'examples', 'python-batch');

/** A container on AWS Batch, with a program in Python. */
export const container: Template = (name) => ({
  'service.json': manifestText(name, {
    kind: 'batch',
    dockerfile: 'Dockerfile',
    vcpus: 0.25,
    memoryMiB: 512,
  }),
  Dockerfile: `FROM public.ecr.aws/docker/library/python:3.14-slim
WORKDIR /app
COPY attempt.py data.py greet.py main.py ./
USER nobody
CMD ["python3", "-u", "-B", "main.py"]
`,
  'main.py': `"""Greets by name. To read and write files, declare slots in service.json, and use them as data.py describes."""

import sys

from attempt import run
from greet import greet


def work(parameters, attempt):
    print(f"greeting {parameters['name']}")
    return greet(parameters["name"])


if __name__ == "__main__":
    sys.exit(run(work))
`,
  'greet.py': `def greet(name):
    return {"greeting": f"Hello {name}"}
`,
  'attempt.py': readFileSync(join(modules, 'attempt.py'), 'utf8'),
  'data.py': readFileSync(join(modules, 'data.py'), 'utf8'),
  'test_greet.py': `import unittest

from greet import greet


class GreetTest(unittest.TestCase):
    def test_greets_by_name(self):
        self.assertEqual(greet("Ada"), {"greeting": "Hello Ada"})
`,
  'README.md': readme(name, { code: 'main.py', test: 'python3 -m unittest' }),
  '.gitignore': gitIgnore,
});
