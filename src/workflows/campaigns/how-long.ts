/** How long messages take at the platforms' limits. */
import type { Pace } from '../../conversation/port.ts';
import type { Reach } from '../../isms/campaign/rate.ts';

/** Minutes by platform that has limits. Whom none has met yet counts where most are of those where people can be looked up, which comes first. */
export function minutesFor({ met, unmet }: Pick<Reach, 'met' | 'unmet'>, paces: ReadonlyMap<string, Pace>): { name: string; minutes: number }[] {
  const peopleOn = (platform: string) => met.find((each) => each.platform === platform)?.count ?? 0;
  const [most] = [...paces.keys()].filter((platform) => (paces.get(platform)?.lookUps ?? 0) > 0).toSorted((one, other) => peopleOn(other) - peopleOn(one));
  return [...paces].flatMap(([platform, { name, messages, lookUps }]) => {
    const strangers = platform === most ? unmet : 0;
    const people = peopleOn(platform) + strangers;
    return people === 0 ? [] : [{ name, minutes: people / messages + (strangers === 0 ? 0 : strangers / lookUps) }];
  });
} // prettier-ignore
