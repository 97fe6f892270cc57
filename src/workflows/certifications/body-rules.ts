/** What a certification body has of its own: its days for findings, and how it reckons its visits. Written and read in forms, lists and files alike. */
import { FieldError } from '../../dialogue/form.ts';
import { field } from '../../dialogue/form-fields.ts';
import type { Reader } from '../../dialogue/import-cells.ts';
import { Refusal } from '../../errors.ts';
import type { Certification } from '../../isms/certification/certification.ts';
import { BodyRules } from '../../isms/certification/rules.ts';

interface Rule {
  label: string;
  unit: 'day' | 'month';
  /** What «0» says, where the body may ask for nothing. */
  none?: string;
}
type RuleName = keyof BodyRules;
type Rules = Partial<Record<RuleName, Rule>>;

const day = 'day' as const;
const month = 'month' as const;
export const findingRules: Rules = {
  majorPlanDays: { label: 'Major: answer with plan', unit: day, none: 'not asked for' },
  majorDays: { label: 'Major: evidence', unit: day },
  minorPlanDays: { label: 'Minor: answer with plan', unit: day },
  minorDays: { label: 'Minor: evidence', unit: day, none: 'not asked for' },
};
export const visitRules: Rules = {
  firstSurveillanceMonths: { label: 'First surveillance after the decision', unit: month },
  surveillanceMonths: { label: 'Surveillance after the last visit', unit: month, none: 'one in each calendar year' },
  windowMonths: { label: 'Window before the last day of a visit', unit: month },
  recertificationMonths: { label: 'Recertification from, before the end', unit: month },
  recertificationDays: { label: 'Recertification by, before the end', unit: day },
  validMonths: { label: 'The certificate counts', unit: month },
  stage2Months: { label: 'Stage 2 after Stage 1', unit: month, none: 'no limit' },
  majorMonths: { label: 'Majors verified after Stage 2', unit: month },
}; // prettier-ignore

const entries = (rules: Rules) => Object.entries(rules) as [RuleName, Rule][];
const all = entries({ ...findingRules, ...visitRules });
export const ruleNames: readonly RuleName[] = all.map(([name]) => name);
/** Days and months that are kept, by unit; as `BodyRules` has them. */
const most = { day: 730, month: 120 } as const;

/** As it is written: 0 is what the rule says that it is. @throws Refusal */
function readRule(name: RuleName, { unit, none }: Rule): Reader<number> {
  return (text) => {
    const number = Number(text);
    const parsed = BodyRules.safeParse({ [name]: keptAs(number) });
    if (parsed.success && text.trim() !== '') return number;
    throw new Refusal(`Write a whole number of ${unit}s, from 1 to ${most[unit]}${none === undefined ? '' : `; 0 for ${none}`}.`);
  };
} // prettier-ignore

function keptAs(number: number): number | null {
  return number === 0 ? null : number;
}

export const ruleReaders = Object.fromEntries(all.map(([name, rule]) => [name, readRule(name, rule)])) as Record<RuleName, Reader<number>>; // prettier-ignore

/** What was read, without what is empty: that is as it was. */
export function rulesOf(read: Partial<Record<RuleName, number | null>>): BodyRules {
  const said = ruleNames.flatMap((name) => {
    const number = read[name];
    return number === undefined || number === null ? [] : [[name, keptAs(number)]];
  });
  return Object.fromEntries(said) as BodyRules;
}

/** «10», «0» for nothing; empty where the settings say it. */
export function ruleText(rules: BodyRules, name: RuleName): string {
  const number = rules[name];
  return number === undefined ? '' : String(number ?? 0);
}

export function ruleFields(rules: Rules) {
  return ({ rules: own }: Pick<Certification, 'rules'>) =>
    entries(rules).map(([name, { label, unit, none }]) =>
      field(name, `${label}, in ${unit}s`, 'number', {
        required: false,
        value: ruleText(own, name),
        hint: `Empty: as the settings have it.${none === undefined ? '' : ` 0: ${none}.`}`,
      }),
    );
}

/** What is left empty is as the settings have it; what the form does not ask stays. @throws FieldError */
export function rulesFrom({ rules }: Pick<Certification, 'rules'>, form: Rules, filled: Record<string, unknown>): BodyRules {
  const said = entries(form).flatMap(([name]) => {
    const text = filled[name];
    if (typeof text !== 'string' || text.trim() === '') return [];
    try {
      return [[name, ruleReaders[name](text.trim())]];
    } catch (error) {
      if (error instanceof Refusal) throw new FieldError(name, error.message);
      throw error;
    }
  });
  const others = Object.entries(rules).filter(([name]) => !Object.hasOwn(form, name));
  return { ...(Object.fromEntries(others) as BodyRules), ...rulesOf(Object.fromEntries(said) as Record<RuleName, number>) };
} // prettier-ignore

/** «Major: evidence in 45 days; Minor: evidence not asked for»; null where the body has none of its own. */
export function rulesInWords(own: BodyRules, rules: Rules): string | null {
  const said = entries(rules).flatMap(([name, { label, unit, none }]) => {
    const number = own[name];
    if (number === undefined) return [];
    if (number === null) return [`${label} ${none ?? ''}`];
    const many = `${number} ${unit}${number === 1 ? '' : 's'}`;
    return [Object.hasOwn(findingRules, name) ? `${label} in ${many}` : `${label}: ${many}`];
  });
  return said.length === 0 ? null : said.join('; ');
}
