/**
 * Checks the subjects of the commits since this gate was added: Conventional Commits with a scope, at most 72 characters. Merge
 * commits are not checked. Exit 1 with each subject that does not match.
 */
import { execFileSync } from 'node:child_process';

const types = ['build', 'chore', 'ci', 'docs', 'feat', 'fix', 'perf', 'refactor', 'revert', 'style', 'test'];
const subjectPattern = new RegExp(`^(${types.join('|')})\\([a-z0-9-]+\\)!?: \\S.*$`);
const maxCharacters = 72;

const git = (...options: string[]) => execFileSync('git', options, { encoding: 'utf8' }).trim();
// The folder of this file has changed since.
const first = git('log', '--diff-filter=A', '--format=%H', '--', ':(glob)bin/**/check-commit-subjects.ts')
  .split('\n')
  .at(-1);
const subjects =
  first === undefined || first === ''
    ? []
    : git('log', '--no-merges', '--format=%s', `${first}..HEAD`).split('\n').filter(Boolean);
const wrong = subjects.filter((subject) => !subjectPattern.test(subject) || subject.length > maxCharacters);
for (const subject of wrong)
  console.error(`Not a Conventional Commit with a scope in ${maxCharacters} characters: ${subject}`);
if (wrong.length > 0) process.exitCode = 1;
else console.log(`${subjects.length} commit subjects match`);
