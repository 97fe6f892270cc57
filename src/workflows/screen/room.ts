/** Codes and QR codes for people without chat, as the house knows them. */
import type { Room } from '../../dialogue/room.ts';
import type { Dependencies } from '../dependencies.ts';
import { createScreenWorkflow } from './workflow.ts';

export const screenRoom: Room<Dependencies> = { name: 'screen', workflow: createScreenWorkflow };
