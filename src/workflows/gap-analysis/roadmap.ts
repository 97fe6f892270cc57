/** The work packages of an assessment in their order, to the day of the audit. */
import type { Context, ReplyParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import type { Assessment } from '../../isms/assessment/assessment.ts';
import { planRoadmap, type Planned, type Roadmap } from '../../isms/assessment/roadmap.ts';
import { selectWaits, workPackages, type WorkPackage } from '../../isms/assessment/work-package.ts';
import { dayInWords, dayOf, inFull } from '../../language/calendar.ts';
import { selectNames } from '../../records/person.ts';
import { recordButton } from './buttons.ts';

export interface RoadmapLine {
  work: WorkPackage;
  owner: string | null;
  /** Null for what is done. */
  planned: Planned | null;
  /** References. */
  waitsFor: string[];
}

/** @returns null where no package is planned */
export async function roadmapOf(
  tx: Queryable,
  { id, auditOn }: Pick<Assessment, 'id' | 'auditOn'>,
  today: string,
): Promise<(Pick<Roadmap, 'ends' | 'spare'> & { lines: RoadmapLine[] }) | null> {
  const packages = await workPackages.selectWhere(
    tx,
    "assessment_id = $1 and state in ('planned', 'in_progress', 'done')",
    [id],
  );
  if (packages.length === 0) return null;
  const waits = await selectWaits(tx, id);
  const referenceOf = new Map(packages.map((each) => [each.id, each.reference]));
  const waitedFor = (work: WorkPackage) =>
    waits.flatMap(({ packageId, waitsForId }) =>
      packageId === work.id ? (referenceOf.get(waitsForId) ?? []) : [],
    );
  const names = await selectNames(
    tx,
    packages.flatMap(({ ownerId }) => ownerId ?? []),
  );
  const {
    packages: planned,
    ends,
    spare,
  } = planRoadmap(
    packages.map((work) => ({
      reference: work.reference,
      effort: work.effort,
      after: waitedFor(work),
      isDone: work.state === 'done',
    })),
    today,
    auditOn,
  );
  const order = new Map(planned.map((each, index) => [each.reference, index]));
  const lines = packages
    .map((work) => ({
      work,
      owner: work.ownerId === null ? null : (names.get(work.ownerId) ?? null),
      planned: planned[order.get(work.reference) ?? -1] ?? null,
      waitsFor: waitedFor(work),
    }))
    .toSorted(
      (one, other) => (order.get(one.work.reference) ?? -1) - (order.get(other.work.reference) ?? -1),
    );
  return { lines, ends, spare };
}

function endInWords(ends: string, spare: number | null, auditOn: string | null): string {
  const all = `All of it can be done by ${dayInWords(ends)}`;
  if (spare === null || auditOn === null) return `${all}.`;
  const days = `${Math.abs(spare)} working ${Math.abs(spare) === 1 ? 'day' : 'days'}`;
  const audit = `the audit on ${dayInWords(auditOn)}`;
  return spare < 0
    ? `${all}, ${days} after ${audit}: begin earlier, share the work, or leave something out.`
    : `${all}, ${days} before ${audit}.`;
}

export async function roadmapCard(
  tx: Queryable,
  { person, now }: Context,
  assessment: Assessment,
): Promise<ReplyParts> {
  const { id, reference, auditOn } = assessment;
  const roadmap = await roadmapOf(tx, assessment, dayOf(now, person.timeZone));
  const proposed = await workPackages.selectWhere(tx, "assessment_id = $1 and state = 'proposed'", [id]);
  return {
    text:
      roadmap === null
        ? `Nothing of ${reference} is on the roadmap yet.`
        : endInWords(roadmap.ends, roadmap.spare, auditOn),
    items: [
      ...(roadmap?.lines ?? []).map(({ work, owner, planned, waitsFor }) => ({
        text: `${work.reference} · ${work.title}`,
        detail: [
          planned === null
            ? 'done'
            : planned.from === planned.to
              ? `on ${dayInWords(planned.to)}`
              : `${dayInWords(planned.from)} to ${dayInWords(planned.to)}`,
          ...(planned?.isCritical === true ? ['decides the end'] : []),
          owner ?? 'no owner yet',
          ...(work.dueOn === null ? [] : [`promised for ${inFull(work.dueOn)}`]),
          ...(waitsFor.length === 0 ? [] : [`waits for ${waitsFor.join(', ')}`]),
        ].join(' · '),
        button: recordButton('package', 'Look', work.reference),
      })),
      ...proposed.map((work) => ({
        text: `${work.reference} · ${work.title}`,
        detail: 'not on the roadmap yet',
        button: recordButton('package', 'Look', work.reference),
      })),
    ],
    buttons: [recordButton('show', 'Results', reference), recordButton('report', 'Report', reference)],
  };
}
