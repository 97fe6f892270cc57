/** More time for a lesson that somebody was given. */
import { declareMoreTime } from '../../records/more-time.ts';
import { trainings } from './training.ts';

const isOpen = "state in ('assigned', 'started', 'failed')";

export const trainingTime = declareMoreTime({
  table: 'training',
  isOpen: `training.${isOpen}`,
  async lockOpen(tx, id) {
    const [open] = await trainings.selectWhere(tx, `id = $1 and ${isOpen}`, [id]);
    return open === undefined ? null : trainings.lock(tx, id);
  },
  move: (tx, command, training, to, event) =>
    trainings.change(tx, command, training, { due_on: to }, () => event),
});
