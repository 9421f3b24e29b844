//! Which models stand behind a route: those that its controller's method mentions.

use std::collections::BTreeMap;

use codeproof_types::laravel::LaravelMap;
use rustc_hash::FxHashMap;

use crate::app::Laravel;
use crate::php::{Machine, Mentions};

impl Machine<'_, Laravel> {
    /// Fills in the models of every route of a map.
    pub(crate) fn link_models(&self, map: &mut LaravelMap) {
        let known: FxHashMap<String, String> =
            map.models.iter().map(|model| (model.name.to_lowercase(), model.name.clone())).collect();
        let mut by_file: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, route) in map.routes.iter().enumerate() {
            if let Some((path, _)) = route.controller_symbol.as_ref().and_then(|symbol| symbol.rsplit_once(':')) {
                by_file.entry(path.to_owned()).or_default().push(place);
            }
        }
        for (path, routes) in by_file {
            let Some(text) = self.program.text(&path) else { continue };
            let mentions = Mentions::of(&text);
            for place in routes {
                let action = map.routes[place].action.clone().unwrap_or_default();
                let mentioned = mentions.of_method(&action);
                map.routes[place].models =
                    mentioned.iter().filter_map(|name| known.get(&name.to_lowercase()).cloned()).collect();
            }
        }
    }
}
