import { synthesize } from "./assembly/synthesize";
import { namesIn } from "./cli/environment-list";
import { run } from "./cli/exit";
import { loadPlatforms, loadTarget } from "./cli/load";

/** What `cdktf synth`, `cdktf deploy` and `cdk8s synth` run: all environments, or those that `BASTIDE_ENV` names. */
void run(() => {
  const target = loadTarget(process.env);
  synthesize(loadPlatforms(process.env, target, namesIn(process.env.BASTIDE_ENV)), target);
});
