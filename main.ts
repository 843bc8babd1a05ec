import { synthesize } from "./assembly/synthesize";
import { run } from "./cli/exit";
import { loadPlatforms, loadTarget } from "./cli/load";

/** What `cdktf synth`, `cdktf deploy` and `cdk8s synth` run: all environments, or those that `BASTIDE_ENV` names. */
void run(() => {
  const target = loadTarget(process.env);
  const names = process.env.BASTIDE_ENV?.split(",");
  synthesize(loadPlatforms(process.env, target, names), target);
});
