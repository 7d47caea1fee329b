/** infra/local · door. The same house on one laptop: three regions, a name server with Route 53's rules, its health
 *  checkers, users, and ways to break them. Everything is real but AWS.
 *
 *      command.ts       `holdfast local`;  house.ts  Holdfast itself in it;  beat.ts  catchup.ts  its rhythm
 *      world.ts         starts it and gives Holdfast its eyes (edges), hands (traffic) and the playground
 *      timings.ts       the pace, beside AWS's own;  chance.ts  patience.ts
 *      places.ts        regions, services, names;  topology.ts  what is watched
 *      ground.ts        addresses and ports;  listening.ts  serving.ts  take them;  shunned.ts  where no browser goes
 *      region.ts        what a region answers;  door.ts  open or shut;  flapper.ts  in turn;  tasks.ts  its ECS
 *      nameserver.ts    sockets;  message.ts  bytes;  zone.ts  meaning;  names.ts  this world's zones
 *      switchboard.ts   Route 53 at work;  checkers.ts  its health checkers;  ../route53.ts  its rules
 *      crowd.ts         the users;  call.ts  how they fetch;  tally.ts  what they got
 *      lever.ts         the hands;  vantage.ts  the eyes;  control.ts  what tells a blind eye
 *      faults.ts        ways to break it;  consequences.ts  what falls with it;  memory.ts  what it does not forget */
export { startWorld, type World, type WorldOptions } from "./world.ts";
