/** infra/cost · the door. What a configuration costs a month.
 *
 *      prices.ts   what AWS takes for each unit, on one day
 *      bill.ts     units times prices, line by line;  placed.ts  how many units the settings place
 *      command.ts  `holdfast cost` */
export { costCommand } from "./command.ts";
export { placedBy } from "./placed.ts";
