import { expect, test } from 'vitest';
import { accessDenied } from '../../aws-error.ts';
import { logDenials } from '../../iam/log-denials.ts';

test('a denial is logged in one line and thrown; an allowed call is not logged', () => {
  const lines: string[] = [];
  const access = logDenials(
    {
      require: (_, { action, resource }) => {
        if (action === 's3:PutObject') throw accessDenied('some-role', action, resource);
      },
    },
    (line) => lines.push(line),
  );
  access.require({ kind: 'operator' }, { action: 's3:GetObject', resource: 'arn:aws:s3:::one/two' });
  expect(lines).toEqual([]);
  const denied = { action: 's3:PutObject', resource: 'arn:aws:s3:::one/two' };
  expect(() => access.require({ kind: 'operator' }, denied)).toThrow('not authorized');
  expect(lines).toEqual([
    expect.stringMatching(
      /^AccessDeniedException: User: some-role is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::one\/two /,
    ),
  ]);
});
