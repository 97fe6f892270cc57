/** Readiness, as the house knows it: it counts what other rooms keep, and keeps nothing itself. */
import type { Room } from '../../dialogue/room.ts';
import type { Dependencies } from '../dependencies.ts';
import { createReadinessWorkflow } from './workflow.ts';

export const readinessRoom: Room<Dependencies> = { name: 'readiness', workflow: createReadinessWorkflow };
