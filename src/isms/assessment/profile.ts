/**
 * What an organisation says of itself before an assessment: it leaves out and rewords questions, and is remembered for the next one.
 * Owns `organisation_profile`; its questions lie in `knowledge/profile.yaml`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOne, selectOptional, toJsonb } from '../../db/rows.ts';
import { audit, type CommandContext } from '../../records/command-context.ts';
import { InterviewAnswer } from '../../records/interview-answer.ts';
import { ProfileTag, Said } from './bank.ts';

const tags = z.array(ProfileTag);
const ProfileQuestion = z.strictObject({
  id: z.string(),
  ask: Said,
  only: tags.optional(),
  unless: tags.optional(),
  choices: z.array(z.strictObject({ as: z.string(), ...Said.shape, tags })).optional(),
});
export type ProfileQuestion = z.infer<typeof ProfileQuestion>;

const Profile = z.object({
  id: z.number(),
  given: z.array(InterviewAnswer),
  before: z.string().nullable(),
  tags,
  auditOn: z.string().nullable(),
  state: z.enum(['asking', 'confirmed']),
});
export type Profile = z.infer<typeof Profile>;

let known: ProfileQuestion[] | undefined;
function allQuestions(): ProfileQuestion[] {
  known ??= z
    .array(ProfileQuestion)
    .parse(parse(readFileSync(join(import.meta.dirname, '../../../knowledge/profile.yaml'), 'utf8')));
  return known;
}

/** Those that are asked, after what was answered so far. */
export function profileQuestions(given: readonly InterviewAnswer[]): ProfileQuestion[] {
  const said = tagsIn(given);
  return allQuestions().filter(
    ({ only, unless = [] }) =>
      (only?.some((tag) => said.includes(tag)) ?? true) && !unless.some((tag) => said.includes(tag)),
  );
}

/** In the order of the questions, so that the same profile is always the same list. */
function tagsIn(given: readonly InterviewAnswer[]): ProfileTag[] {
  return allQuestions().flatMap(({ id, choices = [] }) => {
    const answer = given.find(({ of }) => of === id);
    return choices.find(({ as }) => as === answer?.choice)?.tags ?? [];
  });
}

/** As 2027-03-12. */
function auditDayIn(given: readonly InterviewAnswer[]): string | null {
  const words = given.find(({ of, skipped }) => of === 'audit' && skipped === null)?.words ?? '';
  return /^\d{4}-\d{2}-\d{2}$/.test(words) ? words : null;
}

export function goalIn(said: readonly ProfileTag[]): 'certified' | 'preparing' | 'looking' | null {
  return (['certified', 'preparing', 'looking'] as const).find((goal) => said.includes(goal)) ?? null;
}

export function openProfile(tx: Queryable, { actor, at }: CommandContext): Promise<Profile> {
  return selectOne(
    tx,
    Profile,
    'insert into organisation_profile (person_id, changed_at) values ($1, $2) returning *',
    [actor.id, at],
  );
}

export function selectProfile(tx: Queryable, id: number): Promise<Profile> {
  return selectOne(tx, Profile, 'select * from organisation_profile where id = $1', [id]);
}

/** What was said last. */
export function selectKnownProfile(tx: Queryable): Promise<Profile | null> {
  return selectOptional(
    tx,
    Profile,
    "select * from organisation_profile where state = 'confirmed' order by changed_at desc, id desc limit 1",
  );
}

export function saveProfile(tx: Queryable, { at }: CommandContext, profile: Profile): Promise<Profile> {
  return selectOne(
    tx,
    Profile,
    'update organisation_profile set given = $2, before = $3, changed_at = $4 where id = $1 returning *',
    [profile.id, toJsonb(profile.given), profile.before, at],
  );
}

export async function confirmProfile(tx: Queryable, command: CommandContext, { id, given }: Profile) {
  const profile = await selectOne(
    tx,
    Profile,
    `update organisation_profile set state = 'confirmed', tags = $2, audit_on = $3, before = null, changed_at = $4
     where id = $1 returning *`,
    [id, tagsIn(given), auditDayIn(given), command.at],
  );
  await audit(tx, command, {
    action: 'organisation_profile.confirmed',
    record: `organisation_profile:${id}`,
    detail: { tags: profile.tags, audit: profile.auditOn },
  });
  return profile;
}
