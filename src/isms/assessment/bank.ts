/**
 * The question bank of gap analyses and mock audits: for each requirement that can be assessed its criteria, and what to ask of
 * them. It lies in `knowledge/interviews/`, a file a theme; an assessment keeps the bank that it began with.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { requirements } from '../../records/requirement.ts';

/** Characters: as long as a customer's question is. */
const text = z.string().trim().min(2).max(1_000);
const slug = z.string().regex(/^[a-z][a-z0-9-]{1,30}$/);

/** English whole, other languages beside it. */
const translations = { en: text, de: text.optional(), fr: text.optional(), es: text.optional() };
export const Said = z.strictObject(translations);
export type Said = z.infer<typeof Said>;

export const Rating = z.enum(['yes', 'partly', 'no']);
export type Rating = z.infer<typeof Rating>;

/** What a profile says of an organisation, as far as questions depend on it. */
export const ProfileTag = z.enum([
  'micro', // fewer than 10 people
  'small', // 10 to 49
  'medium', // 50 to 249
  'large', // 250 and more
  'no-site', // everybody works from home or at customers'
  'one-site',
  'many-sites',
  'cloud-only', // no servers or server rooms of their own
  'no-software', // neither makes software nor has it made
  'software-made-outside', // others develop for them
  'it-outsourced', // a provider runs most of IT
  'no-personal-data', // none but of their own staff
  'special-personal-data', // health, biometrics, children and the like
  'processor', // personal data of others, on their behalf
  'certified',
  'preparing',
  'looking',
  'finance',
  'health',
  'public',
  'critical', // essential or important services: energy, transport, water, digital infrastructure
]);
export type ProfileTag = z.infer<typeof ProfileTag>;

const profiles = {
  /** Not asked where one of the tags holds, and why it does not apply. Clauses are never dropped whole. */
  drop: z.array(z.strictObject({ when: z.array(ProfileTag).min(1), reason: Said })).optional(),
};

const ratings = { defined: Rating.optional(), practised: Rating.optional(), proven: Rating.optional() };

/** An answer to press. It says what it means for «defined» and «practised»; proof is asked for by itself. */
const Choice = z.strictObject({ as: slug, ...translations, ...ratings });
export type Choice = z.infer<typeof Choice>;

const FollowUp = z.strictObject({
  /** Asked after one of these choices. */
  after: z.array(slug).min(1),
  ask: Said,
  /** Without any it is answered in words. What one of them rates takes the place of what the first choice did; what it does not stays. */
  choices: z.array(Choice).min(2).max(5).optional(),
});

export const Asks = z.enum(['owner', 'doer', 'manager', 'everyone']);

const Criterion = z.strictObject({
  id: slug,
  /** How it is when it is as it should be. */
  is: Said,
  /** Who knows: answers for it, does it, leads those who do it, or anybody at work. The first is asked where only one is. */
  who: z.array(Asks).min(1),
  /** As an auditor begins. */
  routine: Said,
  /** Asked for the last case, the number, the exception. */
  probing: Said.optional(),
  /** What happens when it goes wrong, or nobody looks. */
  challenging: Said.optional(),
  why: Said,
  choices: z.array(Choice).min(3).max(5),
  follow: z.array(FollowUp).optional(),
  /** What a good answer mentions, for coaching. */
  hears: z.array(text).max(6),
  evidence: z
    .array(
      z.strictObject({
        ...translations,
        /** Months after which it is too old; `in force` for what holds until it is replaced. */
        fresh: z.union([z.int().min(1).max(36), z.literal('in force')]),
      }),
    )
    .min(1)
    .max(4),
  gap: z.strictObject({
    /** What usually closes it. */
    close: Said,
    effort: z.enum(['hours', 'days', 'weeks']),
    /** What comes before: requirements, as `A.5.9`, or criteria of the same one. */
    after: z.array(z.string()).optional(),
    /** What an auditor usually makes of it where nothing at all is there. */
    grade: z.enum(['major', 'minor', 'ofi']),
  }),
  /** Belongs to the quick scan. */
  quick: z.literal(true).optional(),
  /** Asked in other words where one of the tags holds: the first that does. The choices stay. */
  reword: z.array(z.strictObject({ when: z.array(ProfileTag).min(1), routine: Said })).optional(),
  ...profiles,
});
export type Criterion = z.infer<typeof Criterion>;

const BankRequirement = z.strictObject({
  /** `9.2.1`, `A.8.13` */
  id: z.string(),
  about: Said,
  ...profiles,
  criteria: z.array(Criterion).min(1).max(12),
});
export type BankRequirement = z.infer<typeof BankRequirement>;

const Theme = z.strictObject({
  id: slug,
  title: Said,
  requirements: z.array(BankRequirement).min(1),
});
export type Theme = z.infer<typeof Theme>;

export const QuestionBank = z.strictObject({ version: z.string(), themes: z.array(Theme) });
export type QuestionBank = z.infer<typeof QuestionBank>;

const folder = join(import.meta.dirname, '../../../knowledge/interviews');
const Order = z.strictObject({ version: z.string(), themes: z.array(slug) });
let known: QuestionBank | undefined;

/** The bank as it is now; read when first asked for. */
export function questionBank(): QuestionBank {
  known ??= readBank();
  return known;
}

function readYaml(name: string): unknown {
  return parse(readFileSync(join(folder, name), 'utf8'));
}

function readBank(): QuestionBank {
  const { version, themes } = Order.parse(readYaml('bank.yaml'));
  return {
    version,
    themes: themes.map((id) => Theme.parse({ id, ...z.looseObject({}).parse(readYaml(`${id}.yaml`)) })),
  };
}

/** Files of the bank, by the names of their themes. */
export function themeFiles(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && name !== 'bank.yaml')
    .map((name) => name.replace(/\.yaml$/, ''));
}

/** Those that can be assessed: the controls, and each clause that no clause is part of, but the headings of chapters. */
export function assessable(): string[] {
  const ids = [...requirements().keys()];
  return ids.filter((id) => id.includes('.') && !ids.some((other) => other.startsWith(`${id}.`)));
}
