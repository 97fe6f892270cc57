/** What a person can get done, a line each. */
import { answersRoom } from '../workflows/answers/room.ts';
import { correctiveActionsRoom } from '../workflows/corrective-actions/room.ts';
import { auditsRoom } from '../workflows/audits/room.ts';
import { awarenessRoom } from '../workflows/awareness/room.ts';
import { competenceRoom } from '../workflows/competences/room.ts';
import { acknowledgementsRoom } from '../workflows/acknowledgements/room.ts';
import { calendarRoom } from '../workflows/calendar/room.ts';
import { certificationsRoom } from '../workflows/certifications/room.ts';
import { campaignsRoom } from '../workflows/campaigns/room.ts';
import { managementReviewsRoom } from '../workflows/management-reviews/room.ts';
import { evidenceRequestsRoom } from '../workflows/evidence-requests/room.ts';
import { gapAnalysisRoom } from '../workflows/gap-analysis/room.ts';
import { policyQuestionsRoom } from '../workflows/policy-questions/room.ts';
import { incidentsRoom } from '../workflows/incidents/room.ts';
import { improvementsRoom } from '../workflows/improvements/room.ts';
import { interestedPartiesRoom } from '../workflows/interested-parties/room.ts';
import { metricsRoom } from '../workflows/metrics/room.ts';
import { objectivesRoom } from '../workflows/objectives/room.ts';
import { mockAuditRoom } from '../workflows/mock-audit/room.ts';
import { nudgesRoom } from '../workflows/nudges/room.ts';
import { predictedFindingsRoom } from '../workflows/predicted-findings/room.ts';
import { readinessRoom } from '../workflows/readiness/room.ts';
import { packRoom } from '../workflows/pack/room.ts';
import { screenRoom } from '../workflows/screen/room.ts';
import { sessionsRoom } from '../workflows/sessions/room.ts';
import { soaRoom } from '../workflows/statement-of-applicability/room.ts';
import type { Dependencies } from '../workflows/dependencies.ts';
import type { Room } from '../dialogue/room.ts';

/** In the order in which their tables refer to each other; who reports an incident is heard before who raises a finding. */
export const rooms: readonly Room<Dependencies>[] = [
  answersRoom,
  incidentsRoom,
  // A file that somebody was asked for is theirs to bring before it is evidence of one of their actions.
  evidenceRequestsRoom,
  auditsRoom,
  correctiveActionsRoom,
  competenceRoom,
  certificationsRoom,
  metricsRoom,
  objectivesRoom,
  improvementsRoom,
  interestedPartiesRoom,
  gapAnalysisRoom,
  soaRoom,
  awarenessRoom,
  sessionsRoom,
  acknowledgementsRoom,
  campaignsRoom,
  // It counts what the rooms before it hold.
  managementReviewsRoom,
  mockAuditRoom,
  policyQuestionsRoom,
  predictedFindingsRoom,
  calendarRoom,
  readinessRoom,
  nudgesRoom,
  screenRoom,
  packRoom,
];
