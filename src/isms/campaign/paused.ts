/** Whether a campaign is paused, for whatever it asks: nobody is reminded of it meanwhile. @param id  SQL of its id, or of null */
export const isPausedSql = (id: string) =>
  `exists (select from campaign where campaign.id = ${id} and campaign.state = 'paused')`;
