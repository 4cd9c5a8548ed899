import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { nameApps } from '../../../bin/apps/app-names.ts';

test('an app is named after its folder, an assembly after the folder above, and each name is used once', () => {
  expect(
    nameApps(['/home/me/team', '/home/me/team/cdk.out', '/other/team', '/home/me/team/', 'billing']),
  ).toEqual([
    { name: 'team', folder: '/home/me/team' },
    { name: 'team-2', folder: '/home/me/team/cdk.out' },
    { name: 'team-3', folder: '/other/team' },
    { name: 'billing', folder: resolve('billing') },
  ]);
});
