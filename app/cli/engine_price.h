// What an engine's name says about price and place without opening it: a forecast needs no connection.
#pragma once

#include "app/cost.h"
#include "app/settings.h"

#include <string>

namespace app::cli {

struct EnginePrice {
    std::string name, priceId; // priceId empty: no price is known
    bool local = true;         // no byte leaves the machine
    int level = 0;
};
EnginePrice enginePrice(const std::string& engine, const Settings& settings, const PriceTable& prices);

} // namespace app::cli
