#include "app/cli/engine_price.h"

namespace app::cli {

EnginePrice enginePrice(const std::string& engine, const Settings& settings, const PriceTable& prices) {
    if (const Endpoint* endpoint = settings.endpoint(engine)) {
        // The user says which row bills; without, only the hosted service itself is recognised: a server at home that
        // serves a model of the same name costs something else.
        std::string id = endpoint->priceId;
        if (id.empty() && endpoint->url.starts_with("https://api.deepseek.com") && prices.find(endpoint->model, utcNow(), 0))
            id = endpoint->model;
        return {endpoint->name, id, false, endpoint->level};
    }
    return {engine, "", true, 0};
}

} // namespace app::cli
