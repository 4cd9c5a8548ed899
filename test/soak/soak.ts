import { parseArgs } from 'node:util';
import { checkListCost } from './list-cost.ts';
import { runSoak } from './run-soak.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '5' },
    listed: { type: 'string', default: '20000' },
  },
});

/**
 * `npm run soak [-- --jobs N --kills K --listed L]`: jobs of every kind on a local service that is killed with SIGKILL, and lists
 * whose cost must be the same with 200 jobs and with L.
 */
const report = await runSoak({
  jobs: Number(values.jobs),
  kills: Number(values.kills),
  endsWithinSeconds: 180,
  hasty: false,
  say: (line) => console.log(line),
});
console.log(
  `${report.jobs} jobs and ${report.children} sub-jobs ended, each once, ${report.lastStartToLastEndSeconds.toFixed(1)} s after the last start`,
);
console.log(JSON.stringify({ ends: report.ends, openAtKills: report.openAtKills }));
await checkListCost({ sizes: [200, Number(values.listed)], say: (line) => console.log(line) });
