import { gitIgnore, manifestText, readme, type Template } from './template.ts';

/** A service in Python on Lambda. */
export const python: Template = (name) => ({
  'service.json': manifestText(name, { kind: 'lambda', entry: 'main.py:handler' }),
  'main.py': `from greet import greet


def handler(event, context):
    name = event["parameters"]["name"]
    print(f"greeting {name}")
    return greet(name)
`,
  'greet.py': `def greet(name):
    return {"greeting": f"Hello {name}"}
`,
  'test_greet.py': `import unittest

from greet import greet


class GreetTest(unittest.TestCase):
    def test_greets_by_name(self):
        self.assertEqual(greet("Ada"), {"greeting": "Hello Ada"})
`,
  'requirements.txt': '',
  'README.md': readme(name, { code: 'main.py', test: 'python3 -m unittest' }),
  '.gitignore': gitIgnore,
});
