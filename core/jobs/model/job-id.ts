export { idBound, timeInId } from '../../std/id-time.ts';
