/** The auditor's pack, as the house knows it. */
import type { Room } from '../../dialogue/room.ts';
import type { Dependencies } from '../dependencies.ts';
import { createPackWorkflow } from './workflow.ts';

export const packRoom: Room<Dependencies> = {
  name: 'pack',
  workflow: createPackWorkflow,
};
