/**
 * The states of a record and the moves between them, declared once: who may make a move, and what must be there. Gates, buttons,
 * forms, waiting lists and imports ask the declaration; `isma states` draws it.
 */
import type { Permission, Who } from './permission.ts';

/** Something that a record must hold, by the columns or words that an import would name. */
export interface Need<Held, Facts> {
  /** Null for what is said otherwise. */
  lacks: string | null;
  met(row: Held, facts: Facts): boolean;
}

export interface Move<State extends string, Row, Facts, Held> {
  /** Left out where the state stays. */
  to?: State;
  /** Null for what follows by itself once its needs are met. */
  by: Permission<Row, Facts> | null;
  /** What must be there before. */
  needs?: readonly Need<Held, Facts>[];
  /** What it writes itself, and a record in its new state has. */
  leaves?: readonly Need<Held, Facts>[];
}

type Moves<State extends string, Row, Facts, Held> = Record<string, Move<State, Row, Facts, Held>>;

export interface States<State extends string, Row extends Held, Facts, Held extends { state: State }> {
  names: readonly State[];
  /** States in which the move can be made. */
  from(move: string): State[];
  /** Who makes it, now or where it is possible at all; null for what nobody does. */
  by(move: string, state?: State): Permission<Row, Facts> | null;
  /** Whether it is this person's to make now; what it needs may still be missing. */
  may(move: string, actor: Who, row: Row, facts: Facts): boolean;
  /** Where it leads, and what it lacks for that; null where it cannot be made from there. */
  step(move: string, row: Held, facts: Facts): { to: State; lacks: string[] } | null;
  /** Where it leads by itself as it is. */
  next(row: Row, facts: Facts): State | null;
  /** What is missing for the state that it is in, each once: what any way there would have asked for. */
  lacking(row: Held, facts: Facts): string[];
  /** As a diagram that Markdown shows. */
  picture(): string;
}

/** @param initial  in which a record begins */
export function declareStates<
  State extends string,
  Row extends Held,
  Facts,
  Held extends { state: State } = Row,
>(
  initial: State,
  declaration: { [Name in State]?: Moves<State, Row, Facts, Held> },
): States<State, Row, Facts, Held> {
  const names = Object.keys(declaration) as State[];
  const all = names.flatMap((state) =>
    Object.entries(movesIn(state)).map(([name, move]) => ({ state, name, ...move })),
  );

  function movesIn(state: State): Moves<State, Row, Facts, Held> {
    return declaration[state] ?? {};
  }

  /** A name may come from a button's id: «constructor» is no move. */
  function moveIn(state: State, name: string) {
    const moves = movesIn(state);
    return Object.hasOwn(moves, name) ? moves[name] : undefined;
  }

  /** What the moves on the shortest way to a state need and leave, in its order. */
  function wayTo(state: State): Need<Held, Facts>[] {
    const ways = new Map<State, Need<Held, Facts>[]>([[initial, []]]);
    for (const [reached, way] of ways)
      for (const { to } of all.filter(({ state: from }) => from === reached)) {
        if (to === undefined || ways.has(to)) continue;
        const steps = all.filter((move) => move.state === reached && move.to === to);
        ways.set(to, [...way, ...steps.flatMap(({ needs = [], leaves = [] }) => [...needs, ...leaves])]);
      }
    return ways.get(state) ?? [];
  }

  return {
    names,
    from: (name) => all.filter((move) => move.name === name).map(({ state }) => state),
    by: (name, state) =>
      ((state && moveIn(state, name)) ?? all.find((move) => move.name === name))?.by ?? null,
    may: (name, actor, row, facts) => moveIn(row.state, name)?.by?.allows(actor, row, facts) === true,
    step(name, row, facts) {
      const move = moveIn(row.state, name);
      if (move === undefined) return null;
      const unmet = (move.needs ?? []).filter((need) => !need.met(row, facts));
      return { to: move.to ?? row.state, lacks: unmet.map(({ lacks }) => lacks ?? '') };
    },
    next(row, facts) {
      const ready = Object.values(movesIn(row.state)).find(
        ({ by, needs = [] }) => by === null && needs.every((need) => need.met(row, facts)),
      );
      return ready?.to ?? null;
    },
    lacking: (row, facts) => [
      ...new Set(
        wayTo(row.state)
          .filter((need) => !need.met(row, facts))
          .flatMap(({ lacks }) => lacks ?? []),
      ),
    ],
    picture: () =>
      [
        'stateDiagram-v2',
        `  [*] --> ${initial}`,
        ...all.flatMap(({ state, name, to, by }) =>
          to === undefined || to === state
            ? []
            : [`  ${state} --> ${to}: ${name}${by === null ? ' (by itself)' : ''}`],
        ),
        ...names
          .filter(
            (state) => !all.some(({ state: from, to }) => from === state && to !== undefined && to !== from),
          )
          .map((state) => `  ${state} --> [*]`),
      ].join('\n'),
  };
}
